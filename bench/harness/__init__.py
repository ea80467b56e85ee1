"""What every suite of the bench needs: inputs, peers, mounts, interleaved runs, statistics, reports."""
