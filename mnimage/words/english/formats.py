"""Sentences of the room `formats`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_COPY_AGAIN = "Copy the file again from the camera or from a backup."
_PHOTO_KINDS = "Choose a photo: JPEG, PNG, TIFF, HEIC, AVIF, WebP, BMP or camera RAW."
_LIBRARY_KINDS = (
    "The library stores photos only: JPEG, PNG, TIFF, HEIC, AVIF, WebP, BMP and camera RAW."
)
_SAVE_PLAINLY = "Save it again as an uncompressed RGB TIFF with 8 or 16 bits, or as PNG."
_NEW_PROFILE = "Make a new profile with `mnimage calibrate`."
_MANIFEST = (
    'Write the file as {{"mm_per_px": 0.05, "shots": [{{"file": "a.png", '
    '"light": [0.7, 0, 0.7]}}, ...]}}.'
)
_AXES = "The vector points from the skin to the lamp: x to the right, y downwards, z to the camera."
_ALL_AROUND = "Light the skin from all sides, 45 to 60 degrees off the camera's axis."
_ONE_SHOT_EACH = "List each shot once, with the lamp that lit it."

_PHOTOS: Mapping[str, str] = {
    "formats.in_file": "{file}: {problem}",
    "formats.file_missing": "{file} does not exist.",
    "formats.file_missing.hint": "Check the name and the folder, and that the drive is connected.",
    "formats.file_unreadable": "{file} cannot be read: {reason}.",
    "formats.file_unreadable.hint": "Check the disk or the network drive.",
    "formats.file_not_permitted": "You do not have permission to read {file}.",
    "formats.file_not_permitted.hint": (
        "Ask for permission, or copy the file to a folder of your own."
    ),
    "formats.file_is_folder": "{file} is a folder, not a photo.",
    "formats.file_is_folder.hint": _PHOTO_KINDS,
    "formats.file_special": "{file} is not an ordinary file.",
    "formats.file_special.hint": _PHOTO_KINDS,
    "formats.file_empty": "{file} is empty.",
    "formats.file_empty.hint": _COPY_AGAIN,
    "formats.file_no_photo": "{file} is {kind}, not a photo.",
    "formats.file_no_photo.hint": _PHOTO_KINDS,
    "formats.file_too_large": "{file} has {gigabytes:.1f} GB, too much for a photo.",
    "formats.file_too_large.hint": _PHOTO_KINDS,
    "formats.content_empty": "The file is empty.",
    "formats.content_empty.hint": _COPY_AGAIN,
    "formats.content_no_photo": "This is {kind}, not a photo.",
    "formats.content_no_photo.hint": _LIBRARY_KINDS,
    "formats.content_unknown": "This is not a photo in a supported format.",
    "formats.content_unknown.hint": _LIBRARY_KINDS,
    "formats.out_of_memory": "There is not enough memory for this photo.",
    "formats.out_of_memory.hint": (
        "Close other programs, or choose a lower resolution in the camera."
    ),
    "formats.picture_too_large": (
        "The picture has {megapixels:.0f} megapixels; at most {limit:.0f} can be read."
    ),
    "formats.picture_too_large.hint": (
        "Choose a lower resolution in the camera, such as 12 to 50 megapixels."
    ),
    "formats.picture_too_small": (
        "The picture has only {columns} x {rows} pixels; a photo needs at least {least} along "
        "each side."
    ),
    "formats.picture_too_small.hint": "Use the camera's original file, not a thumbnail.",
    "formats.sample_type": "The picture contains {type} values, not 8- or 16-bit colours.",
    "formats.sample_type.hint": "Save it again as an 8- or 16-bit TIFF or PNG.",
    "formats.raw_unknown": (
        "This file is neither a photo in a supported format nor a RAW file of a known camera."
    ),
    "formats.raw_unknown.hint": (
        "Use JPEG, PNG, TIFF, HEIC, or a RAW format that LibRaw supports, such as DNG."
    ),
    "formats.raw_damaged": "The RAW file is incomplete or damaged.",
    "formats.raw_damaged.hint": _COPY_AGAIN,
    "formats.tiff_decimal": (
        "The TIFF contains floating-point values, not the 8- or 16-bit colours of a photo."
    ),
    "formats.tiff_decimal.hint": _SAVE_PLAINLY,
    "formats.tiff_bits": (
        "The TIFF contains {bits}-bit values, not the 8- or 16-bit colours of a photo."
    ),
    "formats.tiff_bits.hint": _SAVE_PLAINLY,
    "formats.tiff_lab": "The TIFF is in Lab colours, not in RGB.",
    "formats.tiff_lab.hint": _SAVE_PLAINLY,
    "formats.tiff_compression": "The TIFF is compressed in a way that is not supported.",
    "formats.tiff_compression.hint": _SAVE_PLAINLY,
    "formats.damaged": "The photo is damaged: {what}.",
    "formats.damaged.hint": _COPY_AGAIN,
    "formats.no_picture_size": "its header gives no picture size",
    "formats.end_missing": "its end is missing",
    "formats.part_undecodable": "part of the picture cannot be decoded",
    "formats.header_corrupt": "its header is corrupt",
    "formats.header_unreadable": "its header cannot be read",
    "formats.header_mismatch": "its header does not match its picture",
    "formats.no_picture": "it contains no picture",
    "formats.checksum_wrong": "a checksum in it is wrong",
    "formats.raw_unreadable": "the RAW data cannot be read",
}
"""Why a photo cannot be read."""

_KINDS: Mapping[str, str] = {
    "formats.kind_pdf": "a PDF document",
    "formats.kind_zip": "a ZIP archive or an office document",
    "formats.kind_empty_zip": "an empty ZIP archive",
    "formats.kind_rar": "a RAR archive",
    "formats.kind_7z": "a 7z archive",
    "formats.kind_compressed": "a compressed archive",
    "formats.kind_video": "a video",
    "formats.kind_sound": "a sound recording",
    "formats.kind_photoshop": "a Photoshop document",
    "formats.kind_jpeg_xl": "a JPEG XL picture, which is not supported",
    "formats.kind_jpeg_2000": "a JPEG 2000 picture, which is not supported",
    "formats.kind_dicom": "a DICOM file, which is not supported",
    "formats.kind_program": "a program",
    "formats.kind_database": "a database",
    "formats.kind_office": "an office document",
    "formats.kind_text": "a text file",
}
"""What a file is that is not a photo; completes "{file} is ..."."""

_NOTES: Mapping[str, str] = {
    "formats.transparent": "Transparent areas were filled with white.",
    "formats.misnamed": "The file name says {claimed}, but the content is {kind}.",
    "formats.decoder_warning": "The image decoder reports: {text}",
    "formats.several_pages": "The file has several pages; the first one is used.",
    "formats.several_pictures": "The file contains several pictures; the main one is used.",
    "formats.animated": "The picture is animated; its first frame is used.",
    "formats.display_p3": (
        "The colours are in Display P3 without a profile; they are read as sRGB."
    ),
    "formats.icc_unusable": (
        "The embedded colour profile cannot be used; the colours are read as sRGB."
    ),
    "formats.icc_tables_only": (
        "The embedded colour profile cannot be applied to 16 bits; the colours are read as sRGB."
    ),
    "formats.icc_converted": "The colours were converted to sRGB from the embedded profile.",
    "formats.icc_converted_named": (
        "The colours were converted to sRGB from the embedded profile ({profile})."
    ),
    "formats.icc_greys": "The grey values were converted to sRGB from the embedded profile.",
    "formats.cmyk_profile": "The colours were CMYK; they were converted with the embedded profile.",
    "formats.cmyk_rough": (
        "The colours were CMYK without a usable profile; the conversion is approximate."
    ),
}
"""What was done to read a photo."""

_SHOTS: Mapping[str, str] = {
    "formats.list_unreadable": "{file} cannot be read: {reason}.",
    "formats.list_unreadable.hint": "Check the name and the folder.",
    "formats.list_too_large": "{file} is larger than 1 MB, so it is not a list of shots.",
    "formats.list_too_large.hint": _MANIFEST,
    "formats.not_json": "{file} is not valid JSON: {reason}.",
    "formats.not_json.hint": _MANIFEST,
    "formats.key_missing": '{file} lacks "{key}".',
    "formats.key_missing.hint": _MANIFEST,
    "formats.key_invalid": '"{key}" in {file} is invalid: {reason}.',
    "formats.key_invalid.hint": _MANIFEST,
    "formats.list_invalid": "{file} is invalid: {reason}.",
    "formats.list_invalid.hint": _MANIFEST,
    "formats.scale_range": '"mm_per_px" must be from {least} to {most}, not {given:g}.',
    "formats.scale_range.hint": (
        "Give the millimetres on the skin that one pixel covers, such as 0.05."
    ),
    "formats.shot_count": (
        "Relief needs {least} to {most} directional shots, but {count} are listed."
    ),
    "formats.shot_count.hint": "Take at least 4 shots, preferably 8, each with a different lamp.",
    "formats.flat_count": "{flats} flat frames are listed for {shots} shots.",
    "formats.flat_count.hint": (
        "List one flat frame for all shots, or one for each shot in the same order."
    ),
    "formats.file_under_two_lights": "{file} is listed with two different lights.",
    "formats.file_under_two_lights.hint": _ONE_SHOT_EACH,
    "formats.no_light": 'Shot {number} ({file}) has neither "light" nor "lamp_mm".',
    "formats.no_light.hint": _MANIFEST,
    "formats.light_and_lamp": 'Shot {number} ({file}) has both "light" and "lamp_mm".',
    "formats.light_and_lamp.hint": _MANIFEST,
    "formats.lights_mixed": (
        'Some shots give "light" and others "lamp_mm": shot {number} ({file}) differs from the '
        "first one."
    ),
    "formats.lights_mixed.hint": "Use the same key for all shots.",
    "formats.light_no_direction": (
        "The light of shot {number} ({file}) has no direction: [{light}]."
    ),
    "formats.light_no_direction.hint": _AXES,
    "formats.light_behind": (
        "The light of shot {number} ({file}) comes from beside or behind the skin: z is {z:g}."
    ),
    "formats.light_behind.hint": _AXES,
    "formats.lights_alike": "All lights come from nearly the same direction.",
    "formats.lights_alike.hint": _ALL_AROUND,
    "formats.lights_in_plane": (
        "All lights lie nearly in one plane, so slopes across it cannot be measured."
    ),
    "formats.lights_in_plane.hint": "Add shots with lamps on the other two sides.",
    "formats.shots_subset": (
        "{used} of the {listed} shots are used: those with lamps {least:.0f} to {most:.0f} degrees "
        "off the camera's axis, evenly distributed."
    ),
    "formats.shot_size": (
        "{file} has {columns} x {rows} pixels, but the first shot has {first_columns} x "
        "{first_rows}."
    ),
    "formats.shot_size.hint": (
        "Take all frames of a set with one camera in a fixed position and with the same settings."
    ),
    "formats.shots_memory": (
        "There is not enough memory for {count} shots of {megapixels:.0f} megapixels."
    ),
    "formats.shots_memory.hint": "Crop the shots to the skin of interest, or close other programs.",
    "formats.shot_grey": "{file} is grey, but other shots are in colour.",
    "formats.shot_grey.hint": (
        "Take and save all shots of a set in the same way: a grey shot mixes the colour channels."
    ),
    "formats.shot_colored": "{file} is in colour, but other shots are grey.",
    "formats.shot_colored.hint": (
        "Take and save all shots of a set in the same way: a grey shot mixes the colour channels."
    ),
    "formats.shot_black": "{file} is nearly black: its lamp did not fire.",
    "formats.shot_black.hint": (
        "Take the shots again, or remove this one from the list if at least four others remain."
    ),
    "formats.same_picture": "{first} and {second} are the same picture.",
    "formats.same_picture.hint": _ONE_SHOT_EACH,
    "formats.dark_lit": ("{file} is not a dark frame: it is {share:.0%} as bright as the shots."),
    "formats.dark_lit.hint": (
        "Take it with all lamps off, in a darkened room, with the same settings as the shots."
    ),
    "formats.flat_dark": ("{file} is no brighter than the dark frame, so it is not a flat frame."),
    "formats.flat_dark.hint": (
        "Photograph a white card in place of the skin, with the same lamps."
    ),
    "formats.blue_faint": (
        "Blue light is too faint here (signal-to-noise ratio {signal:.0f}), so the green channel "
        "is used, which scatters further in skin. More light or a longer exposure would resolve "
        "finer depth."
    ),
    "formats.eight_bits": (
        "The frames have 8 bits, so fine depth is less certain; use 16 bits or RAW."
    ),
    "formats.three_shots": (
        "With only three shots a shadow or gloss cannot be distinguished from a slope; take four "
        "or more."
    ),
    "formats.no_dark": "No dark frame: stray light makes the relief too shallow.",
    "formats.no_flat": "No flat frame: uneven light bends the surface.",
    "formats.room_light": (
        "Room light makes up {share:.0%} of the shots, so the relief is less certain; darken the "
        "room."
    ),
    "formats.too_wide": (
        "At the given scale the picture would be {centimetres:.0f} cm wide, more than a body: the "
        "scale is too large, and so is every result in mm."
    ),
    "formats.flat_faint": "A flat frame is nearly dark in places; those areas are not used.",
    "formats.lamp_moved": (
        "The light of lamp {lamp} on the white card does not fit its position (off by about "
        "{degrees:.1f} degrees); the lamp may have moved. Measure the rig again."
    ),
    "formats.lamp_brighter": (
        "Lamp {lamp} is {share:.0%} brighter on the white card than when the rig was measured."
    ),
    "formats.lamp_darker": (
        "Lamp {lamp} is {share:.0%} darker on the white card than when the rig was measured."
    ),
}
"""Directional shots and the file that lists them."""

_LAMPS: Mapping[str, str] = {
    "formats.scale_entered": (
        "The scale was entered, not measured: the uncertainty is {length:.0%} for lengths, "
        "{area:.0%} for areas and {volume:.0%} for volumes, the same at every session. Place a "
        "printed marker beside the skin."
    ),
    "formats.lamps_one_side": (
        "All lamps are on one side of the skin ({degrees:.0f} degrees around it have no lamp): "
        "walls in shadow are not seen, and the uncertainty of depths is {share:.0%}."
    ),
    "formats.rig_and_light": (
        'The file lists a rig, but also "light" or "lamp_mm" for single shots.'
    ),
    "formats.rig_and_light.hint": "Remove one of the two.",
    "formats.lamp_numbers": "{shots} shots are listed, but the rig has {lamps} lamps.",
    "formats.lamp_numbers.hint": (
        'Give each shot the number of its lamp in the rig: "lamp": 1, 2, ...'
    ),
    "formats.lamp_twice": "Two shots have the same lamp number.",
    "formats.lamp_twice.hint": "List one shot for each lamp.",
    "formats.no_scale": 'Neither the list of shots nor its rig gives "mm_per_px".',
    "formats.no_scale.hint": 'Add "mm_per_px" to the list of shots.',
    "formats.lamps_unsuitable": (
        "With the lamps in these positions the uncertainty of depths would be {share:.0%}."
    ),
    "formats.lamps_unsuitable.hint": _ALL_AROUND,
    "formats.rig_newer": "{file} was written by a newer version of this program.",
    "formats.rig_newer.hint": "Update mnimage.",
    "formats.rig_lamp": "A lamp in {file} has no position in front of the skin.",
    "formats.rig_lamp.hint": "Create the file with `mnimage rig`, and do not edit it.",
    "formats.remake_rig": "Create the file with `mnimage rig`, and do not edit it.",
    "formats.target_sizes": "The shots in {file} differ in size.",
    "formats.target_sizes.hint": "Take all of them with one camera.",
    "formats.lamps_sum": (
        "The light of the single lamps adds up to {share:.0%} of the light of all lamps together: "
        "the frames are not linear (gamma not removed), the room was not dark, or a lamp changed."
    ),
    "formats.lamps_sum.hint": (
        'Take RAW or linear frames, or remove "linear" if the files are ordinary photos.'
    ),
}
"""Lamps, rigs, and the shots of a ball or a card."""

_FILES: Mapping[str, str] = {
    "formats.recorded": "{text}",
    "formats.profile_unreadable": "The colour profile {file} cannot be read: {reason}.",
    "formats.profile_unreadable.hint": _NEW_PROFILE,
    "formats.not_a_profile": "{file} is not a colour profile.",
    "formats.not_a_profile.hint": _NEW_PROFILE,
    "formats.profile_version": (
        "The colour profile {file} was made by another version of this program."
    ),
    "formats.profile_version.hint": _NEW_PROFILE,
    "formats.profile_damaged": "The colour profile {file} is damaged.",
    "formats.profile_damaged.hint": _NEW_PROFILE,
    "formats.not_written": "{path} cannot be written: {reason}.",
    "formats.not_written.hint": "Choose a folder in which you may write.",
    "formats.disk_full": "{path} cannot be written: {reason}.",
    "formats.disk_full.hint": "Free space on the disk, or choose another one.",
    "formats.no_folder": "{path} is a file, so no folder can be created there.",
    "formats.no_folder.hint": "Choose another name.",
    "formats.overwrites_input": (
        "{path} is one of the input files, and originals are never overwritten."
    ),
    "formats.overwrites_input.hint": "Choose another file or folder for the output.",
}
"""Profiles on disk, and writing results; `recorded` is a sentence as a file has it."""

FORMATS: Mapping[str, str] = {
    **_PHOTOS,
    **_KINDS,
    **_NOTES,
    **_SHOTS,
    **_LAMPS,
    **_FILES,
}
