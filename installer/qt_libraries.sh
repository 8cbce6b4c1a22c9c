#!/bin/sh
# Makes sure the shared libraries are there that Qt needs to draw without a screen, or, when called
# as "qt_libraries.sh screen", to open a window under X11.
# Quiet and quick when they are; installs them itself as root on Debian and Ubuntu; otherwise
# prints the one line to run.
set -eu

screen=${1:-}
here=$(dirname "$0")/..
python=${PYTHON:-$here/.venv/bin/python}

[ "$(uname -s)" = Linux ] || exit 0

draws() {
    [ "${1:-}" != screen ] || opens || return 1
    QT_QPA_PLATFORM=offscreen "$python" - >/dev/null 2>&1 <<'END'
from PySide6.QtGui import QFontDatabase
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

app = QApplication([])
raise SystemExit(0 if QFontDatabase.families() else 1)
END
}

# A missing library of the window plug-in shows only when a window opens: ask the loader instead.
opens() {
    plugin=$("$python" -c "import PySide6, pathlib; print(pathlib.Path(PySide6.__file__).parent / 'Qt/plugins/platforms/libqxcb.so')") || return 1
    ! ldd "$plugin" 2>/dev/null | grep -q "not found"
}

if ! "$python" -c "import PySide6" >/dev/null 2>&1; then
    echo "error: PySide6 is not installed for $python" >&2
    echo "hint: run 'make test', which installs it first" >&2
    exit 1
fi
draws "$screen" && exit 0

packages="libgl1 libegl1 libxkbcommon0 libfontconfig1 libfreetype6 libdbus-1-3 fonts-dejavu-core"
if [ "$screen" = screen ]; then
    packages="$packages libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxcb-xkb1"
    packages="$packages libxkbcommon-x11-0"
fi
# Debian 13 and Ubuntu 24.04 renamed the GLib package.
glib=libglib2.0-0
if command -v apt-cache >/dev/null 2>&1 && apt-cache show libglib2.0-0t64 >/dev/null 2>&1; then
    glib=libglib2.0-0t64
fi
packages="$glib $packages"

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing the libraries Qt needs: $packages" >&2
    apt-get update -qq >&2 || true
    # After an update the new name may be known that was not before.
    if [ "$glib" = libglib2.0-0 ] && apt-cache show libglib2.0-0t64 >/dev/null 2>&1; then
        packages="libglib2.0-0t64 ${packages#libglib2.0-0 }"
    fi
    # shellcheck disable=SC2086  # a list of names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >&2
    draws "$screen" && exit 0
    echo "error: Qt still cannot draw without a screen" >&2
    echo "hint: run QT_DEBUG_PLUGINS=1 QT_QPA_PLATFORM=offscreen $python -m ui to see why" >&2
    exit 1
fi

echo "error: libraries that Qt needs are missing" >&2
echo "hint: sudo apt-get install -y $packages" >&2
exit 1
