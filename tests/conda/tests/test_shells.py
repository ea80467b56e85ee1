import shutil
import subprocess
import unittest

from .base import CondaTest


class ActivatingInShells:
    """The same in every shell; subclasses say how one runs a script."""

    shell: str
    hook = 'eval "$("$EXE" shell.{shell} hook)"'

    def setUp(self):
        super().setUp()
        if not shutil.which(self.shell):
            self.skipTest(f"{self.shell} is not installed")
        (self.root / ".condarc").write_text("auto_activate_base: false\n")
        self.one, self.two = self.create("greeting=1.0", name="one"), self.create("greeting=2.0", name="two' and a half")

    def run_shell(self, *lines: str, code: int = 0) -> list[str]:
        script = "\n".join([self.hook.format(shell=self.shell), *lines])
        environ = self.environ | {"EXE": str(self.exe), "ONE": str(self.one), "TWO": str(self.two)}
        done = subprocess.run(self.command(script), text=True, capture_output=True, env=environ, check=False)
        self.stderr = done.stderr
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return done.stdout.splitlines()

    def test_activate_nest_and_deactivate(self):
        show = 'echo "$CONDA_SHLVL|$CONDA_PREFIX|$CONDA_PREFIX_1|$CONDA_DEFAULT_ENV|$CONDA_PROMPT_MODIFIER|$GREETING"'
        said = self.run_shell(
            f'{self.face} activate "$ONE"', show, "greeting",
            f'{self.face} activate "$TWO"', show, "greeting",
            f"{self.face} deactivate", show, "greeting",
            f"{self.face} deactivate", show,
        )  # fmt: skip
        one, two = str(self.one), str(self.two)
        self.assertEqual(
            said,
            [
                f"1|{one}||{one}|({one}) |hello-1.0", f"hello from {one}, version 1.0",
                f"2|{two}|{one}|{two}|({two}) |hello-2.0", f"hello from {two}, version 2.0",
                f"1|{one}||{one}|({one}) |hello-1.0", f"hello from {one}, version 1.0",
                "0|||||",
            ],
        )  # fmt: skip

    def test_path_is_restored(self):
        said = self.run_shell('echo "$PATH"', f'{self.face} activate "$ONE"', 'echo "$PATH"', f"{self.face} deactivate", 'echo "$PATH"')
        before, within, after = (line.replace(" ", ":") for line in said)
        self.assertEqual(before, after)
        self.assertEqual(within, f"{self.one}/bin:{before}")

    def test_the_prompt_template_is_honoured(self):
        self.environ["CONDA_ENV_PROMPT"] = "<{name}> "
        said = self.run_shell(f'{self.face} activate "$ONE"', 'echo "$CONDA_PROMPT_MODIFIER"')
        self.assertEqual(said, ["<one> "])

    def test_a_failure_changes_nothing(self):
        said = self.run_shell(f"{self.face} activate /no/where || echo failed", 'echo "$CONDA_SHLVL"')
        self.assertEqual(said, ["failed", "0"])
        self.assertIn("Not a conda environment", self.stderr)


class Posix(ActivatingInShells):
    def test_the_prompt_has_the_name_once(self):
        said = self.run_shell(
            "PS1='$ '", f'{self.face} activate "$ONE"', f'{self.face} activate "$TWO"', 'echo "$PS1"', f"{self.face} deactivate",
            f"{self.face} deactivate", 'echo "$PS1"',
        )  # fmt: skip
        self.assertEqual(said, [f"({self.two}) $ ", "$ "])

    def test_the_hook_works_in_strict_shells(self):
        self.hook = "set -eu\n" + self.hook
        said = self.run_shell(f'{self.face} activate "$ONE"', f"{self.face} deactivate", "echo through")
        self.assertEqual(said, ["through"])

    def test_stacked(self):
        said = self.run_shell(f'{self.face} activate "$ONE"', f'{self.face} activate --stack "$TWO"', 'echo "$PATH"')
        self.assertTrue(said[0].startswith(f"{self.two}/bin:{self.one}/bin:"))


class Bash(Posix, CondaTest):
    shell = "bash"

    def command(self, script):
        return ["bash", "--norc", "-o", "pipefail", "-c", script]


class Zsh(Posix, CondaTest):
    shell = "zsh"

    def command(self, script):
        return ["zsh", "-f", "-c", script]


class Fish(ActivatingInShells, CondaTest):
    shell = "fish"
    hook = "$EXE shell.fish hook | source"

    def command(self, script):
        return ["fish", "--no-config", "-c", script]


class MambaHook(CondaTest):
    face = "mamba"

    def test_each_face_has_its_hook_in_each_shell(self):
        prefix = self.create("greeting=1.0")
        for face in ("mamba", "micromamba"):
            for shell in ("bash", "zsh", "fish"):
                if not shutil.which(shell):
                    continue
                hook = f'"{self.root}/bin/{face}" shell hook --shell {shell}'
                hook = f"{hook} | source" if shell == "fish" else f'eval "$({hook})"'
                script = f'{hook}\n{face} activate "{prefix}"\ngreeting\n{face} deactivate\necho "$CONDA_SHLVL"'
                with self.subTest(face=face, shell=shell):
                    environ = self.environ | {"MAMBA_ROOT_PREFIX": str(self.root)}
                    done = subprocess.run([shell, "-c", script], text=True, capture_output=True, env=environ, check=False)
                    self.assertEqual(done.stdout, f"hello from {prefix}, version 1.0\n0\n", done.stderr)

    def test_a_directory_that_is_no_environment_is_refused(self):
        (self.scratch / "env").mkdir()
        (self.scratch / "env" / "mine").write_text("mine")
        self.conda("create", "-y", "-p", self.scratch / "env", "greeting", code=1)
        self.assertIn("Non-conda folder exists at prefix", self.stderr)


class WithoutHook(CondaTest):
    def test_activate_explains_itself(self):
        self.conda("activate", "x", code=1)
        self.assertIn("CommandNotFoundError: Your shell has not been properly configured", self.stderr)

    def test_run(self):
        prefix = self.create("greeting=1.0")
        self.assertEqual(self.conda("run", "-p", prefix, "greeting"), f"hello from {prefix}, version 1.0\n")


if __name__ == "__main__":
    unittest.main()
