"""Uses a kernel as a notebook server does, by Debian's jupyter-client: jupyter_session.py KERNEL; prints what it saw, a line each."""

import os
import sys
import time

from jupyter_client.manager import KernelManager

manager = KernelManager(kernel_name=sys.argv[1])
manager.start_kernel()
client = manager.client()
client.start_channels()
try:
    client.wait_for_ready(timeout=120)

    def execute(code, interrupt_after=None):
        """Executes code in the kernel; gives what it printed, and the name of the exception that ended it."""
        # Without stop_on_error=False, the kernel aborts cells that reach it shortly after one that failed.
        request, text, reply = client.execute(code, stop_on_error=False), "", None
        while reply in (None, "busy"):
            message = client.get_iopub_msg(timeout=60)
            if message["parent_header"].get("msg_id") != request:
                continue
            content = message["content"]
            if message["msg_type"] == "stream":
                text += content["text"]
            if interrupt_after is not None and interrupt_after in text:
                interrupt_after = None
                time.sleep(0.5)  # the printing cell is sleeping now
                manager.interrupt_kernel()
            if message["msg_type"] == "status":
                reply = content["execution_state"]
        answer = client.get_shell_msg(timeout=60)
        while answer["parent_header"].get("msg_id") != request:
            answer = client.get_shell_msg(timeout=60)
        return text.strip(), answer["content"].get("ename")

    print(*execute("import os, sys; print(sys.executable, os.environ['CONDA_PREFIX'])"))
    print(*execute("import time; print('asleep', flush=True); time.sleep(60)", interrupt_after="asleep"))
    print(*execute("print('still here')"))
    kernel = int(execute("print(os.getpid())")[0])
finally:
    client.stop_channels()
    manager.shutdown_kernel()
deadline = time.monotonic() + 30
while os.path.exists(f"/proc/{kernel}") and time.monotonic() < deadline:
    time.sleep(0.05)
print("ended" if not os.path.exists(f"/proc/{kernel}") else "still running")
