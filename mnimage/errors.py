"""Every failure the library expects, in one tree.

MnimageError
├── Cancelled            the user asked to stop
├── PhotoUnreadable      a file is not a photo, or a broken one
├── ShotsUnusable        a set of directional shots cannot give relief
├── CameraUnusable       a camera is not there, is gone, or gives no photo
├── RigUnusable          shots of a ball or a card do not show where the lamps are
├── ChartUnusable        a colour chart, or the profile made of one, cannot be used
├── FaceNotFound         a face was needed and none, or more than one, is there
├── ModelsMissing        the face models were never brought
├── AssetMissing         a file of the program itself is missing or damaged
├── PatchUnusable        a control patch is off the skin, too small or outside the photo
├── NotComparable        two photos do not show the same skin
├── LibraryError         the clinic's library cannot do what was asked
│   ├── AuthenticationFailed          wrong user or passphrase
│   ├── NotAllowed       the user's role does not allow it
│   ├── EditConflict another station changed the record, or the keys, in the meantime
│   ├── RecordUnusable   a record is missing, or cannot be kept as it is
│   ├── LibraryDamaged   what is on disk is not what was written
│   ├── PhotoDamaged     an original no longer matches its fingerprint, or is gone
│   ├── LibraryTooNew    written by a newer version of this program
│   ├── LibraryTooOld    to be migrated first
│   └── StorageFailed    the disk or the server cannot be read or written
├── OriginUnusable       the files that an answer was made from are missing or changed
└── OutputFailed         the answer cannot be written

Anything outside this tree is a bug, and is left to fly.
"""

from __future__ import annotations

from mnimage.words.message import Message, message


class MnimageError(Exception):
    """A failure a clinician can act on; `hint` says how, empty where there is nothing to do.

    The hint is that of the message's code, unless another one is given. Text that comes from
    elsewhere, and has no code of its own, may stand in the place of a message.
    """

    def __init__(self, said: Message | str, *, hint: Message | str = "") -> None:
        self.message = said if isinstance(said, Message) else message("common.text", text=said)
        super().__init__(str(self.message))
        self.hint = str(hint or self.message.hint)


class Cancelled(MnimageError):
    """The user asked to stop."""


class PhotoUnreadable(MnimageError):
    """A file is missing, broken, too large, or no photo at all."""


class ShotsUnusable(MnimageError):
    """A set of directional shots lacks what relief needs."""


class ChartUnusable(MnimageError):
    """A colour chart is missing, covered, tilted, clipped or unlike its colours; or a profile."""


class CameraUnusable(MnimageError):
    """A camera is not there, is gone, or gives no photo."""


class RigUnusable(MnimageError):
    """Shots of a ball or a card do not show where the lamps are, or a kept rig cannot be used."""


class AssetMissing(MnimageError):
    """A file of the program itself is missing, or is not the one of this version."""


class FaceNotFound(MnimageError):
    """A face was needed, and none or more than one is there."""


class ModelsMissing(MnimageError):
    """The face models are not in their place, or not the expected ones."""


class PatchUnusable(MnimageError):
    """A control patch is off the skin, too small or outside the photo."""


class NotComparable(MnimageError):
    """Two photos do not show the same skin in a comparable way."""


class OriginUnusable(MnimageError):
    """An answer does not say what it was made from, or an original is missing or changed."""


class LibraryError(MnimageError):
    """The clinic's library cannot do what was asked."""


class AuthenticationFailed(LibraryError):
    """The user or the passphrase is wrong, or access was taken away."""


class NotAllowed(LibraryError):
    """The user's role does not allow it."""


class EditConflict(LibraryError):
    """Another station changed the record, or the library's keys, in the meantime."""


class RecordUnusable(LibraryError):
    """A record is missing, there already, or cannot be kept as it is."""


class LibraryDamaged(LibraryError):
    """What is on disk is not what was written."""


class PhotoDamaged(LibraryError):
    """An original no longer matches its fingerprint, or its file is gone."""


class LibraryTooNew(LibraryError):
    """The library was written by a newer version of this program."""


class LibraryTooOld(LibraryError):
    """The library was written by an older version of this program, and is to be migrated first."""


class StorageFailed(LibraryError):
    """The disk or the server cannot be read or written."""


class OutputFailed(MnimageError):
    """The answer cannot be written where it was asked for."""
