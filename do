#!/usr/bin/env bash
# Everything one does with this repository. `./do help` lists the commands.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

packages=(build-essential cmake ninja-build git ccache libyaml-cpp-dev libeigen3-dev libboost-dev
  librandom123-dev libgtest-dev libbenchmark-dev)
# A test reads the page of a business case in a browser, fuzzing needs clang, and valgrind sees reads of memory that was
# never written. We know the names of these packages on Debian only; without the programs the tests are skipped.
test_packages=()
if grep -qs '^ID=debian' /etc/os-release; then test_packages=(chromium clang libclang-rt-dev valgrind); fi
jobs=$(nproc 2>/dev/null || echo 2)
venv=.venv
# One name for the compiler in all trees: ccache then serves the Python module what the C++ tests compiled.
export CXX=${CXX:-c++}
# Without it ccache serves nothing that has a precompiled header; no source here asks for the time of compilation.
export CCACHE_SLOPPINESS=pch_defines,time_macros

say() { printf '\n== %s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 2; }

help() {
  cat <<'TEXT'
./do demo            install what is missing, build, and compare the scenarios of an example; charts, workbooks, Jupyter
                     work from then on
./do test [--full]   C++ and Python tests, documents, sanitizers, valgrind, equal bits, a short fuzz run (--full: the long
                     ones too)
./do lint            style, types, headers, notebooks; needs no build
./do format          repair what ./do lint finds and a tool can repair
./do bench           benchmarks, and the same question put to other packages
./do docs            the documentation, into build/docs
./do notebook        Jupyter in notebooks/
./do build           only build and install into .venv
TEXT
}

# ---------------------------------------------------------------------------------------------- what must be there

python_serves() {
  "$1" - >/dev/null 2>&1 <<'PY'
import ensurepip, os, sys, sysconfig, venv
assert sys.version_info >= (3, 10)
assert os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h"))
assert not os.path.exists(os.path.join(sys.base_prefix, "conda-meta"))  # brings its own, older libstdc++
assert not sysconfig.get_config_var("Py_GIL_DISABLED")
PY
}

find_python() {
  local candidate
  for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.10; do
    if command -v "$candidate" >/dev/null && python_serves "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  return 1
}

# Installs the packages named, or says what to install and ends.
apt_install() {
  local root=() by_hand="sudo apt-get update && sudo apt-get install $*"
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "Please install what is missing, then run this again:
  $by_hand"
    root=(sudo)
    [ -t 0 ] || root=(sudo -n)
  fi
  say "Installing $*"
  local get=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600)
  { "${get[@]}" update && "${get[@]}" install -y --no-install-recommends "$@"; } >&2 ||
    fail "That did not work. Please install what is missing, then run this again:
  $by_hand"
}

system() { # further packages
  local missing=() package command
  if command -v dpkg >/dev/null && command -v apt-get >/dev/null; then
    for package in "${packages[@]}" "$@"; do
      dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || missing+=("$package")
    done
    find_python >/dev/null || missing+=(python3 python3-venv python3-dev)
    if [ ${#missing[@]} -gt 0 ]; then apt_install "${missing[@]}"; fi
  else
    for command in c++ cmake ninja git; do
      command -v "$command" >/dev/null || missing+=("$command")
    done
    [ ${#missing[@]} -eq 0 ] || fail "Not found: ${missing[*]}.
On Debian or Ubuntu the packages are: ${packages[*]} python3-venv python3-dev"
  fi
  find_python >/dev/null || fail "No Python >= 3.10 with venv and headers was found (packages python3-venv and python3-dev)."
}

# The requirements of some extras, read from pyproject.toml, one on each line.
requirements() {
  "$venv/bin/python" - "$@" <<'PY'
import re, sys
try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    from pip._vendor import tomli as tomllib
with open("pyproject.toml", "rb") as file:
    table = tomllib.load(file)
project = table["project"]
extras = project["optional-dependencies"]
found = [*table["build-system"]["requires"], *project["dependencies"]]
waiting, seen = sys.argv[1:], set()
while waiting:
    extra = waiting.pop()
    if extra in seen:
        continue
    seen.add(extra)
    for requirement in extras[extra]:
        own = re.fullmatch(rf"{project['name']}\[(.+)\]", requirement)
        if own:
            waiting += [name.strip() for name in own.group(1).split(",")]
        else:
            found.append(requirement)
print("\n".join(sorted(set(found))))
PY
}

# Makes .venv and installs the requirements of the extras named, when they have changed.
environment() {
  mkdir -p build
  exec 8>build/.environment.lock
  flock 8
  if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    say "Making $venv"
    rm -rf "$venv"
    "$(find_python)" -m venv "$venv"
    "$venv/bin/python" -m pip install -q --upgrade pip
  fi
  local wanted stamp
  wanted=$(requirements "$@")
  stamp="$venv/requirements-$(IFS=-; echo "$*").txt"
  if [ "$wanted" != "$(cat "$stamp" 2>/dev/null || true)" ]; then
    say "Installing Python packages ($*)"
    local names=()
    mapfile -t names <<<"$wanted"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check "${names[@]}"
    printf '%s\n' "$wanted" >"$stamp"
  fi
  flock -u 8
}

# Two builders in one tree would spoil each other's work.
lock() {
  mkdir -p build
  exec 9>build/.lock
  flock -n 9 || { echo "Waiting for another ./do to end."; flock 9; }
}

# Shows the output of a command only if it fails, or if somebody is watching.
quietly() {
  local log="build/logs/$1.log"
  shift
  if [ -t 1 ]; then
    "$@"
  else
    mkdir -p build/logs
    "$@" >"$log" 2>&1 || { cat "$log"; return 1; }
  fi
}

# ------------------------------------------------------------------------------------------------------- building

cpp() { # a preset, then further arguments for the configuration
  local preset=$1
  shift
  quietly "configure-$preset" cmake --preset "$preset" "$@" &&
    quietly "build-$preset" cmake --build "build/$preset" --parallel "$jobs"
}

sources_hash() {
  {
    "$venv/bin/python" -VV
    find sim scenarios python cmake CMakeLists.txt pyproject.toml README.md LICENSE -type f \
      \( -name '*.[ch]pp' -o -name '*.py' -o -name '*.pyi' -o -name '*.yaml' -o -name '*.cmake' -o -name '*.typed' \
      -o -name '*.txt' -o -name '*.toml' -o -name '*.md' -o -name '*.json' -o -name '*.html' -o -name '*.css' \
      -o -name LICENSE \) -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum
}

install_package() {
  local stamp="$venv/goodwill.sha256" now
  now=$(sources_hash)
  if [ "$now" = "$(cat "$stamp" 2>/dev/null || true)" ]; then return; fi
  rm -f "$stamp"
  quietly install "$venv/bin/python" -m pip install . --no-build-isolation --no-deps --force-reinstall \
    --disable-pip-version-check -C build-dir=build/python -C cmake.define.GOODWILL_WERROR=ON || return 1
  echo "$now" >"$stamp"
}

prepare() { # extras
  system
  environment "$@"
  lock
}

# -------------------------------------------------------------------------------------------------------- testing

# On processors with newer instructions, makes the C library choose its oldest functions.
without_newer_instructions() { GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F "$@"; }

hides_instructions() {
  local loader=/lib64/ld-linux-x86-64.so.2
  [ -x "$loader" ] && ! without_newer_instructions "$loader" --help 2>/dev/null | grep -q 'x86-64-v3 (supported'
}

run_ctest() { # name of the log, tree, further arguments
  local log="build/logs/ctest-$1.log" tree=$2
  shift 2
  mkdir -p build/logs
  if ! ctest --test-dir "$tree" --output-on-failure --no-tests=error -j "$jobs" "$@" >"$log" 2>&1; then
    cat "$log"
    return 1
  fi
  grep -E 'tests passed|Total Test time' "$log"
}

run_pytest() { "$venv/bin/pytest" -q -n "$jobs" "$@"; }

test_cpp() { cpp release && run_ctest release build/release; }

# Old sanitizers fail under the widest address randomisation of new Linux kernels.
fixed_addresses() {
  if setarch "$(uname -m)" -R true 2>/dev/null; then setarch "$(uname -m)" -R "$@"; else "$@"; fi
}

test_sanitized() {
  export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
  # With clang, the tree of the fuzzers serves: it has the same sanitizers, and nothing is compiled twice.
  local preset=sanitize
  if can_fuzz; then preset=fuzz; fi
  cpp "$preset" &&
    fixed_addresses "$BASH" -c "$(declare -f run_ctest); jobs=$jobs; run_ctest sanitize build/$preset"
}

test_python() { install_package && run_pytest; }

test_bits() {
  if ! hides_instructions; then
    echo "Skipped: this C library does not let us hide instructions."
    return
  fi
  without_newer_instructions run_ctest bits build/release -R Bits &&
    without_newer_instructions run_pytest -k bits
}

# One small job, from the text of a model to a study, in which nothing may read memory that was never written. Valgrind
# before 3.23 knows no AVX-512.
test_memory() {
  if ! command -v valgrind >/dev/null; then
    echo "Skipped: valgrind is not installed."
    return
  fi
  GOODWILL_ISA=x86-64 quietly valgrind valgrind --quiet --error-exitcode=9 \
    build/release/goodwill_tests --gtest_filter='Memory.*'
}

# A reference that leads nowhere fails.
build_docs() { install_package && "$venv/bin/sphinx-build" -q -W --keep-going -j auto -b html docs build/docs; }

can_fuzz() {
  command -v clang++ >/dev/null || return 1
  mkdir -p build
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
    clang++ -x c++ -fsanitize=fuzzer,address,undefined - -o build/can_fuzz 2>/dev/null
}

test_fuzz() { # seconds for each
  local source name
  if ! can_fuzz; then
    echo "Skipped: clang++ with libFuzzer is not installed (packages clang and libclang-rt-dev)."
    return
  fi
  cpp fuzz || return 1
  for source in tests/fuzz/*.cpp; do
    name=$(basename "$source" .cpp)
    local corpus="build/fuzz/corpus/$name" log="build/logs/fuzz-$name.log" seeds=()
    mkdir -p "$corpus" build/logs
    for seed in "tests/fuzz/corpus/$name" scenarios/models; do [ ! -d "$seed" ] || seeds+=("$seed"); done
    if ! fixed_addresses "build/fuzz/fuzz_$name" -max_total_time="$1" -timeout=20 -rss_limit_mb=4096 -max_len=16384 \
      -artifact_prefix="build/fuzz/$name-" -print_final_stats=1 "$corpus" "${seeds[@]}" >"$log" 2>&1; then
      tail -n 60 "$log"
      return 1
    fi
    echo "$name: $(grep -E '^Done ' "$log")"
  done
}

failed=()
step() { # title, command
  local title=$1 started=$SECONDS
  shift
  say "$title"
  if "$@"; then echo "($((SECONDS - started)) s)"; else failed+=("$title"); fi
}

finish() {
  if [ ${#failed[@]} -eq 0 ]; then say "All well ($SECONDS s)"; return; fi
  printf '\n== Failed:\n'
  printf '   %s\n' "${failed[@]}"
  exit 1
}

do_test() {
  local seconds=10
  case "${1:-}" in
    "") ;;
    --full) export GOODWILL_FULL=1; seconds=60 ;;
    *) fail "./do test knows --full, not $1" ;;
  esac
  system "${test_packages[@]}"
  prepare dev docs
  step "C++ tests" test_cpp
  step "Python tests" test_python
  step "Documentation" build_docs
  step "The same bits with an older C library" test_bits
  step "No use of memory that was never written" test_memory
  step "C++ tests with sanitizers" test_sanitized
  step "Fuzzing" test_fuzz "$seconds"
  finish
}

# --------------------------------------------------------------------------------------------------------- lint

cpp_files() { find sim scenarios python tests -type f \( -name '*.cpp' -o -name '*.hpp' \) -print0; }

lint_python() { "$venv/bin/ruff" check . && "$venv/bin/ruff" format --check .; }

lint_types() { "$venv/bin/mypy" --strict python/goodwill; }

lint_cpp() {
  # One file's messages stay together.
  cpp_files | xargs -0 -r -P "$jobs" -n 8 "$BASH" -c 'found=$("$0" --dry-run -Werror "$@" 2>&1) ||
    { printf "%s\n" "$found"; exit 1; }' "$venv/bin/clang-format" || { echo "./do format repairs this."; return 1; }
}

lint_headers() {
  quietly configure-lint cmake --preset lint -DPython_EXECUTABLE="$PWD/$venv/bin/python" \
    -Dpybind11_DIR="$("$venv/bin/python" -m pybind11 --cmakedir)" &&
    quietly build-lint cmake --build build/lint --target headers --parallel "$jobs" -- -k 0
}

lint_notebooks() {
  "$venv/bin/python" - <<'PY'
import json, pathlib, sys
notebooks = [path for path in sorted(pathlib.Path("notebooks").rglob("*.ipynb"))
             if ".ipynb_checkpoints" not in path.parts]
if not notebooks:
    sys.exit("There are no notebooks.")
bad = [
    str(path)
    for path in notebooks
    if any(cell.get("outputs") or cell.get("execution_count")
           for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
]
if bad:
    sys.exit("These notebooks hold outputs, please clear them: " + ", ".join(bad))
PY
}

do_lint() {
  system
  environment dev
  step "Python style" lint_python
  step "Python types" lint_types
  step "C++ style" lint_cpp
  step "Every header compiles alone" lint_headers
  step "Notebooks hold no outputs" lint_notebooks
  finish
}

do_format() {
  system
  environment dev
  "$venv/bin/ruff" format .
  cpp_files | xargs -0 -r -P "$jobs" -n 8 "$venv/bin/clang-format" -i
  "$venv/bin/ruff" check --fix .
}

# ----------------------------------------------------------------------------------------------------- the others

do_build() {
  prepare dev
  cpp release
  install_package
  echo "The package is in $venv: $venv/bin/goodwill, or $venv/bin/python"
}

do_demo() {
  system
  environment plot excel notebook sweep
  lock
  install_package
  flock -u 9
  exec 9>&-
  "$venv/bin/python" -m goodwill.demo "$@"
}

do_bench() {
  prepare dev bench
  cpp bench
  install_package
  build/bench/goodwill_bench "$@"
  "$venv/bin/python" tests/bench/compare_peers.py
  "$venv/bin/python" tests/bench/talk_peers.py
  "$venv/bin/python" tests/bench/network_peers.py
  "$venv/bin/python" tests/bench/sweep_bench.py
  "$venv/bin/python" tests/bench/time_to_decision.py
}

do_docs() {
  prepare docs
  build_docs
  echo "The documentation is in build/docs/index.html"
}

do_notebook() {
  prepare notebook
  install_package
  exec 9>&-
  exec "$venv/bin/jupyter" lab --notebook-dir=notebooks "$@"
}

verb=${1:-help}
[ $# -eq 0 ] || shift
case "$verb" in
  demo | test | bench | docs | lint | format | notebook | build) "do_$verb" "$@" ;;
  help | -h | --help) help ;;
  *) help >&2; fail "
There is no ./do $verb" ;;
esac
