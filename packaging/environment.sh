# shellcheck shell=sh
# Sourced by run.sh, test.sh and soak.sh: a Python, the system libraries, and .venv from uv.lock; quick the second time.
# Sets `root` (the checkout) and `venv`; says what it does on stderr, so that stdout stays the program's.

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
venv=$root/.venv
tools=$root/.cache
uv_wanted=0.13.8

say() { printf '%s\n' "$*" >&2; }
stop() {
    say "$*"
    exit 1
}

# --- Python ----------------------------------------------------------------------------------------------------------

fits() {
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${COCKPIT_PYTHON:-}" ]; then
        fits "$COCKPIT_PYTHON" || stop "COCKPIT_PYTHON=$COCKPIT_PYTHON is not a Python 3.11, 3.12 or 3.13; name one or unset it."
        python=$COCKPIT_PYTHON
        return
    fi
    for python in python3 python3.13 python3.12 python3.11; do
        if fits "$python"; then return; fi
    done
    python=
}

# --- System libraries ------------------------------------------------------------------------------------------------
# Only what the wheels link to and do not bring along (readelf -d of PySide6's QtGui, QtWidgets, QtSvg, QtNetwork and
# the offscreen and xcb plugins), each shared object with the Debian package that carries it.

libraries_always='
libEGL.so.1 libegl1
libGL.so.1 libgl1
libX11.so.6 libx11-6
libdbus-1.so.3 libdbus-1-3
libfontconfig.so.1 libfontconfig1
libfreetype.so.6 libfreetype6
libglib-2.0.so.0 libglib2.0-0
libgthread-2.0.so.0 libglib2.0-0
libgssapi_krb5.so.2 libgssapi-krb5-2
libbrotlidec.so.1 libbrotli1
libxkbcommon.so.0 libxkbcommon0
libstdc++.so.6 libstdc++6
libz.so.1 zlib1g
libzstd.so.1 libzstd1
'
libraries_xcb='
libX11-xcb.so.1 libx11-xcb1
libxcb-cursor.so.0 libxcb-cursor0
libxcb-icccm.so.4 libxcb-icccm4
libxcb-image.so.0 libxcb-image0
libxcb-keysyms.so.1 libxcb-keysyms1
libxcb-randr.so.0 libxcb-randr0
libxcb-render-util.so.0 libxcb-render-util0
libxcb-render.so.0 libxcb-render0
libxcb-shape.so.0 libxcb-shape0
libxcb-shm.so.0 libxcb-shm0
libxcb-sync.so.1 libxcb-sync1
libxcb-util.so.1 libxcb-util1
libxcb-xfixes.so.0 libxcb-xfixes0
libxcb-xkb.so.1 libxcb-xkb1
libxkbcommon-x11.so.0 libxkbcommon-x11-0
'
libraries_wayland='
libwayland-client.so.0 libwayland-client0
libwayland-cursor.so.0 libwayland-cursor0
libwayland-egl.so.1 libwayland-egl1
'

has_display() { [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ] || [ "$(uname -s)" = Darwin ]; }

list_loadable() {
    loadable=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2>/dev/null) || loadable=
}

has_library() {
    case $loadable in
        *"$1 "*) return 0 ;;
        *) return 1 ;;
    esac
}

# Sets `present` (names for the user) and `missing` (Debian packages, each once).
take_stock() {
    present='' missing=''
    list_loadable
    wanted=$libraries_always
    if [ -n "${DISPLAY:-}" ]; then wanted=$wanted$libraries_xcb; fi
    if [ -n "${WAYLAND_DISPLAY:-}" ]; then wanted=$wanted$libraries_wayland; fi
    while read -r library package; do
        if [ -z "$library" ]; then continue; fi
        if has_library "$library"; then present="$present $library"; else need "$package"; fi
    done <<LIST
$wanted
LIST
    if [ -z "$python" ]; then need python3; fi
    if ! has_uv && { [ -z "$python" ] || ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; }; then need python3-venv; fi
    if [ ! -d /etc/ssl/certs ] && [ ! -d /etc/pki ]; then need ca-certificates; fi
}

need() {
    case " $missing " in
        *" $1 "*) ;;
        *) missing="$missing $1" ;;
    esac
}

# With nothing missing it is silent, unless this is the first installation.
system_libraries() {
    missing=''
    if [ "$(uname -s)" != Linux ]; then return; fi
    take_stock
    if [ -n "$missing" ] || ! is_current "$1"; then say "System libraries already present:${present:- none}"; fi
    if [ -z "$missing" ]; then return; fi
    if ! command -v apt-get >/dev/null 2>&1; then
        say "Missing, and there is no apt-get here; install what your system calls (Debian's names):$missing"
    elif [ "$(id -u)" -ne 0 ]; then
        say "Missing system packages; install them with: sudo apt-get install --no-install-recommends$missing"
    else
        say "Installing the missing system packages:$missing"
        apt_install
        missing=''
        find_python
    fi
}

# $missing is split into words on purpose; no input of ours reaches a maintainer script that might ask.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    log=$tools/apt.log
    own_folder
    # shellcheck disable=SC2086
    if apt-get update -qq >"$log" 2>&1 &&
        apt-get install -y -qq --no-install-recommends $missing </dev/null >>"$log" 2>&1; then return; fi
    tail -n 20 "$log" >&2
    stop "apt-get could not install:$missing (the end of its log is above; all of it is in .cache/apt.log)."
}

own_folder() {
    mkdir -p "$tools"
    printf '*\n' >"$tools/.gitignore"
}

# --- The environment from the lock -----------------------------------------------------------------------------------

has_uv() {
    command -v uv >/dev/null 2>&1 || return 1
    uv --version 2>/dev/null | awk '{ split($2, v, "."); exit !(v[1] > 0 || v[2] >= 13) }'
}

find_uv() {
    if has_uv; then
        uv=uv
        return
    fi
    uv=$tools/uv/bin/uv
    if [ "$("$uv" --version 2>/dev/null | cut -d ' ' -f 2)" = "$uv_wanted" ]; then return; fi
    say "Fetching uv $uv_wanted into .cache/uv."
    own_folder
    if "$python" -m venv --clear "$tools/uv" >&2 &&
        "$tools/uv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_wanted" >&2; then return; fi
    stop "uv could not be installed with pip; check the network, or the PIP_* variables if you use a mirror."
}

# What the stamp says: how much is installed, and of which lock, project file, checkout and Python.
fingerprint() {
    { cat "$root/uv.lock" "$root/pyproject.toml" && printf '%s %s' "$root" "$("$python" -c 'import sys; print(sys.version, sys.prefix)')"; } | cksum
}

is_current() {
    if [ -z "$python" ] || [ ! -x "$venv/bin/cockpit" ] || [ ! -f "$venv/.cockpit" ]; then return 1; fi
    read -r installed stamped <"$venv/.cockpit" || return 1
    if [ "$stamped" != "$(fingerprint)" ]; then return 1; fi
    [ "$installed" = test ] || [ "$installed" = "$1" ]
}

sync_with_uv() {
    if [ "$1" = test ]; then set -- --group dev --extra lab; else set -- --no-dev; fi
    # The system's certificates, so that a company's own authority counts; without any, those that uv brings along.
    if [ -z "${UV_SYSTEM_CERTS:-}" ] && { [ -e /etc/ssl/certs/ca-certificates.crt ] || [ -d /etc/pki ]; }; then
        export UV_SYSTEM_CERTS=true
    fi
    UV_PROJECT_ENVIRONMENT=$venv UV_PYTHON_DOWNLOADS=never \
        "$uv" sync --project "$root" --frozen --python "$python" --compile-bytecode --quiet "$@" >&2
}

# The lock names files by address. Behind a mirror that only pip knows, the same files by name, version and hash.
sync_with_pip() {
    say "The lock's own addresses cannot be reached; trying the same files, by hash, through pip."
    if [ "$1" = test ]; then set -- --group dev --extra lab; else set -- --no-dev; fi
    "$uv" export --project "$root" --frozen --no-emit-project --quiet --output-file "$tools/requirements.txt" "$@" >/dev/null &&
        "$python" -m venv --clear "$venv" >&2 &&
        "$venv/bin/python" -m pip install --quiet --require-hashes -r "$tools/requirements.txt" >&2 &&
        "$venv/bin/python" -m pip install --quiet --no-deps --editable "$root" >&2
}

# prepare run | prepare test
prepare() {
    find_python
    system_libraries "$1"
    if [ -z "$python" ]; then stop "No Python 3.11, 3.12 or 3.13 found; install one, or name it in COCKPIT_PYTHON."; fi
    if ! is_current "$1"; then install "$1"; fi
    # What ldconfig does not list may still be found by the loader (other paths, other systems): ask Qt itself.
    if [ -n "$missing" ] && ! "$venv/bin/python" -c 'import PySide6.QtWidgets' 2>/dev/null; then
        stop "Qt cannot start without the missing packages named above; install them and start again."
    fi
}

install() {
    find_uv
    say "Installing the locked packages into ${venv#"$root"/} (once; later starts skip this)."
    own_folder
    sync_with_uv "$1" || sync_with_pip "$1" || stop "The packages of uv.lock could not be installed; the reason is above."
    "$venv/bin/python" -m compileall -q "$root/cockpit" "$root/widgets" "$root/resources" >&2 || true
    printf '%s %s\n' "$1" "$(fingerprint)" >"$venv/.cockpit"
}
