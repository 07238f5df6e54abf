"""`make mta-test`: everything that needs a real Postfix."""

import sys

from tests.support.mta import greylisting, returning

if __name__ == "__main__":
    sys.exit(greylisting.main() or returning.main("lmtp") or returning.main("pipe"))
