"""Sentences that the presenters of the library's screen make."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DATES = {
    "ui_library.date": "{day} {month} {year}",
    "ui_library.january": "Jan",
    "ui_library.february": "Feb",
    "ui_library.march": "Mar",
    "ui_library.april": "Apr",
    "ui_library.may": "May",
    "ui_library.june": "Jun",
    "ui_library.july": "Jul",
    "ui_library.august": "Aug",
    "ui_library.september": "Sep",
    "ui_library.october": "Oct",
    "ui_library.november": "Nov",
    "ui_library.december": "Dec",
}

_COUNTS = {
    "ui_library.one_day": "1 day",
    "ui_library.days": "{count:,} days",
    "ui_library.one_file": "1 file",
    "ui_library.files": "{count:,} files",
    "ui_library.one_minute": "1 minute",
    "ui_library.minutes": "{count:,} minutes",
    "ui_library.one_patient": "1 patient",
    "ui_library.patients": "{count:,} patients",
    "ui_library.one_photo": "1 photo",
    "ui_library.photos": "{count:,} photos",
    "ui_library.one_question": "1 question",
    "ui_library.questions": "{count:,} questions",
    "ui_library.one_session": "1 session",
    "ui_library.sessions": "{count:,} sessions",
}

_UNLOCKING = {
    "ui_library.locked": "The library is locked.",
    "ui_library.locked.hint": "Unlock it first.",
    "ui_library.opening": "Opening the library…",
    "ui_library.creating": "Creating the library…",
    "ui_library.updating": "Backing up the library, then updating it…",
    "ui_library.renewing_key": "Creating a new recovery key…",
    "ui_library.choose_new_folder": "Choose an empty folder for the library",
    "ui_library.choose_folder": "Choose the library's folder",
    "ui_library.no_library_here": "This folder does not contain a library.",
    "ui_library.no_library_here.hint": (
        "Choose the folder that contains keys.json, or create a new library."
    ),
    "ui_library.passphrases_differ": "The two passphrases are different.",
    "ui_library.passphrases_differ.hint": "Enter the same passphrase twice.",
    "ui_library.user_needed": "Enter a user name.",
    "ui_library.user_needed.hint": "Your own name or your initials will do.",
    "ui_library.check_passphrase": "Check the user name and the caps lock key, then try again.",
    "ui_library.enter_again_to_update": "Enter the passphrase again, then press the button below.",
    "ui_library.not_remembered": "{reason} The passphrase is not remembered on this computer.",
    "ui_library.unlock_by_passphrase": "Unlock the library with the passphrase next time.",
    "ui_library.save_key": "Save the recovery key",
    "ui_library.print_key": "Print the recovery key",
    "ui_library.key_file": "recovery key.txt",
    "ui_library.key_saved": "Saved as {file}. Move the file off this computer.",
    "ui_library.key_sheet": (
        "Recovery key of the mnimage library {folder}\n\n{key}\n\n"
        "It opens the library if every passphrase is lost. Lock it away from the computer."
    ),
}

_LIBRARY = {
    "ui_library.user_and_role": "{user}, {role}",
    "ui_library.locks_after": "Library {library} · locks after {minutes} minutes without input",
    "ui_library.close_and_repeat": (
        "Close the form, open it again to see the other change, and repeat yours."
    ),
    "ui_library.choose_photos": "Import photos",
    "ui_library.choose_photo_folder": "Import a folder or memory card",
    "ui_library.not_on_disk": "Only files on this computer can be imported.",
    "ui_library.not_on_disk.hint": "Save the photos to this computer first.",
    "ui_library.no_pair": "To compare, the patient needs two sessions with photos of one view.",
    "ui_library.before": "Before",
    "ui_library.after": "After",
    "ui_library.pair": "Before: {before} · After: {after}",
}

_RECORDS = {
    "ui_library.born": "born {date} ({age})",
    "ui_library.skin_type": "Fitzpatrick {type}",
    "ui_library.takes": "takes {medication}",
    "ui_library.allergic_to": "allergic to {allergies}",
    "ui_library.course": "{indication}, {site}",
    "ui_library.course_of_side": "{indication}, {site} ({side})",
    "ui_library.sessions_of_plan": "{done} of {planned} sessions",
    "ui_library.interval": "every {days} days",
    "ui_library.ended": "ended {date}",
    "ui_library.no_course": "none",
    "ui_library.numbered_session": "{kind} {number}",
    "ui_library.session_after": "{session}, +{days}",
    "ui_library.since_treatment": "{days} after the previous treatment",
    "ui_library.unanswered": "{questions} not answered yet.",
    "ui_library.no_view": "View not recorded",
    "ui_library.shot": "shot {number}",
    "ui_library.photo": "Photo",
    "ui_library.photo_of_day": "{view}, {date}",
    "ui_library.consent_since": "since {date}",
    "ui_library.consent_for_photos": "for {photos}",
    "ui_library.consent_withdrawn": "withdrawn {date}",
    "ui_library.no_consent": "not given",
}

_IMPORT = {
    "ui_library.import_running": "An import is already running.",
    "ui_library.import_running.hint": "Wait until it has finished, or stop it; then try again.",
    "ui_library.searching_photos": "Searching for photos…",
    "ui_library.importing": "Importing: {done} of {files}",
    "ui_library.importing_with_time": "Importing: {done} of {files}, {time}",
    "ui_library.identifying_views": "Stored. Identifying the view of each photo: {done} of {total}",
    "ui_library.seconds_left": "about {seconds} s left",
    "ui_library.minutes_left": "about {minutes} left",
    "ui_library.stored": "{photos} stored",
    "ui_library.already_stored": "{count} already stored",
    "ui_library.refused": "{count} refused",
    "ui_library.import_done": "{parts}.",
    "ui_library.import_stopped": "Stopped: {done}",
    "ui_library.file_refused": "refused",
    "ui_library.file_known": "already stored",
    "ui_library.rest_is_stored": "All other files are stored.",
    "ui_library.import_can_continue": (
        "The import was stopped. What is stored is safe; continue to import the remaining files."
    ),
}

UI_LIBRARY: Mapping[str, str] = MappingProxyType(
    {**_DATES, **_COUNTS, **_UNLOCKING, **_LIBRARY, **_RECORDS, **_IMPORT}
)
