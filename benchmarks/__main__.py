"""`python -m benchmarks` measures a whole day, stage by stage; `make bench` runs this and the rest."""

import sys

from benchmarks.day import main

if __name__ == "__main__":
    sys.exit(main())
