"""Letters: mails to one person that belong to no dispatch, sent once by any of several processes."""

from newsletter.services.letters.making import LetterMaker
from newsletter.services.letters.sending import LetterRound, SendLetters
from newsletter.services.letters.worker import LetterWorker

__all__ = ["LetterMaker", "LetterRound", "LetterWorker", "SendLetters"]
