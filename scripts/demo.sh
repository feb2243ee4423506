#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# The whole chain on one machine: two encoder processes push the same programme
# to one packager process, which merges them and serves a page that plays it.
# Kill one encoder: the page goes on. `demo.sh --help` tells the options.
set -uo pipefail
cd "$(dirname "$0")/.."

usage() {
  cat <<'TEXT'
usage: scripts/demo.sh [OPTION...]
  --seconds N        end after N seconds, with a summary (until Ctrl-C)
  --input WHAT       a file, a video device (/dev/video0) or a URL instead of
                     the test picture
  --port P           of the page (any free port)
  --address A        of the page and of the ingest (127.0.0.1)
  --directory D      where DASH and HLS are written (a temporary directory)
  --restart          start a killed encoder again
  --build-dir D      where it is built (build-demo)
  --no-install       do not look for missing packages
Exit status 0 when nothing was lost. Killing one encoder loses nothing.
TEXT
}

seconds=
input=
port=0
address=127.0.0.1
directory=
restart=no
build_dir=build-demo
install=yes
value() { # value OPTION WORD...: the word that must follow
  [ $# -ge 2 ] || { echo "demo.sh: $1 needs a value" >&2; exit 2; }
  printf '%s' "$2"
}
while [ $# -gt 0 ]; do
  case "$1" in
    --seconds) seconds=$(value "$@") || exit 2; shift ;;
    --input) input=$(value "$@") || exit 2; shift ;;
    --port) port=$(value "$@") || exit 2; shift ;;
    --address) address=$(value "$@") || exit 2; shift ;;
    --directory) directory=$(value "$@") || exit 2; shift ;;
    --build-dir) build_dir=$(value "$@") || exit 2; shift ;;
    --restart) restart=yes ;;
    --no-install) install=no ;;
    -h|--help) usage; exit 0 ;;
    *) echo "demo.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
case "$seconds$port" in
  *[!0-9]*) echo "demo.sh: --seconds and --port need a number" >&2; exit 2 ;;
esac

# ---- build ----

if [ "$install" = yes ]; then
  scripts/install-deps.sh || exit 1
fi
if [ ! -f "$build_dir/build.ninja" ]; then
  meson setup "$build_dir" -Dbuildtype=release -Dtests=disabled \
    >"$build_dir.log" 2>&1 || { cat "$build_dir.log"; exit 1; }
  rm -f "$build_dir.log"
fi
mkdir -p "$build_dir"
ninja -C "$build_dir" >"$build_dir/demo-build.log" 2>&1 || {
  cat "$build_dir/demo-build.log"
  exit 1
}
build_dir=$(cd "$build_dir" && pwd)
export GST_PLUGIN_PATH_1_0=$build_dir/gst${GST_PLUGIN_PATH_1_0:+:$GST_PLUGIN_PATH_1_0}
export GST_REGISTRY_1_0=$build_dir/demo-registry.bin
export TZ=UTC # media time is UTC, so is the clock in the picture

# ---- processes: each is ended by its pid, whatever happens ----

scratch=$(mktemp -d "${TMPDIR:-/tmp}/cmaf-demo.XXXXXX")
directory=${directory:-$scratch/media}
mkdir -p "$directory"
packager=
declare -A encoder=() # letter -> pid of what runs
problems=0

problem() {
  echo "PROBLEM: $*"
  problems=$((problems + 1))
}

is_running() {
  [ -n "$1" ] && kill -0 "$1" 2>/dev/null
}

# ended_within SECONDS PID
ended_within() {
  local n=$(($1 * 10))
  while is_running "$2" && [ $n -gt 0 ]; do
    sleep 0.1
    n=$((n - 1))
  done
  ! is_running "$2"
}

clean_up() {
  local pid
  trap '' INT TERM
  for pid in "${encoder[@]}" $packager; do
    is_running "$pid" && kill -TERM "$pid" 2>/dev/null
  done
  for pid in "${encoder[@]}" $packager; do
    ended_within 5 "$pid" || kill -KILL "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
  done
  rm -rf "$scratch"
}
stopping=no
trap clean_up EXIT
trap 'stopping=yes' INT TERM

# its own session, so that Ctrl-C reaches this script alone, which then ends
# the others in order
start_packager() {
  setsid "$build_dir/tests/examples/cmaf-packager" --address "$address" \
    --port "$port" --directory "$directory" >"$scratch/packager.log" 2>&1 &
  packager=$!
}

# line_of FILE PATTERN PID: waits for a line of that process
line_of() {
  local n=200
  until grep -m1 "$2" "$1" 2>/dev/null; do
    n=$((n - 1))
    if [ $n -eq 0 ] || ! is_running "$3"; then
      return 1
    fi
    sleep 0.1
  done
}

# A pipeline is a list of words, one a line.
words() {
  printf '%s\n' "$@"
}

# source_of LETTER: raw video into the tee "video", raw audio into "audio"
source_of() {
  local shape='video/x-raw,width=960,height=540,framerate=25/1'
  local to_shape="videoconvert ! videoscale ! videorate ! $shape"
  local to_sound='audioconvert ! audioresample ! audiorate'
  local clock=(! clockoverlay "time-format=$1 %H:%M:%S UTC" 'font-desc=Sans 26')
  local uri=$input
  # shellcheck disable=SC2086 # the words of pieces of pipelines
  case "$input" in
    '')
      words videotestsrc is-live=true pattern=smpte75 ! $shape "${clock[@]}" \
        ! tee name=video \
        audiotestsrc is-live=true wave=ticks volume=0.3 ! tee name=audio ;;
    /dev/*)
      words v4l2src "device=$input" ! decodebin ! $to_shape "${clock[@]}" \
        ! tee name=video autoaudiosrc ! $to_sound ! tee name=audio ;;
    *)
      case "$uri" in *://*) ;; *) uri=file://$(realpath "$input") ;; esac
      words uridecodebin "uri=$uri" name=input \
        input. ! queue ! $to_shape ! clocksync "${clock[@]}" ! tee name=video \
        input. ! queue ! $to_sound ! clocksync ! tee name=audio ;;
  esac
}

# Encoders of a file agree on the media time of its first frame, so that their
# segments hold the same; others take the clock.
timing=()
case "$input" in
  ''|/dev/*|*://*) ;;
  *) timing=(timing-sources=fixed "fixed-origin=$(date +%s)000000000") ;;
esac

# rendition NAME WIDTH HEIGHT KBIT: one track of the encoder's video
rendition() {
  words video. ! queue ! videoscale ! "video/x-raw,width=$2,height=$3" \
    ! x264enc tune=zerolatency speed-preset=ultrafast "bitrate=$4" \
    key-int-max=250 ! video/x-h264,profile=constrained-baseline ! h264parse \
    ! cmafsyncmux "track-name=$1" chunk-duration=200000000 "${timing[@]}" \
    ! queue ! out.
}

encoder_words() { # LETTER
  words gst-launch-1.0 -e httpingestsink name=out "location=$ingest"
  source_of "$1"
  rendition video-hi 960 540 1500
  rendition video-lo 480 270 400
  words audio. ! queue ! audioconvert ! audio/x-raw,rate=48000,channels=2 \
    ! avenc_aac bitrate=96000 ! aacparse \
    ! cmafsyncmux track-name=audio chunk-duration=200000000 "${timing[@]}" \
    ! queue ! out.
}

start_encoder() { # LETTER
  local command
  mapfile -t command < <(encoder_words "$1")
  setsid "${command[@]}" >"$scratch/encoder-$1.log" 2>&1 &
  encoder[$1]=$!
}

# How a user starts an encoder by hand.
print_command() { # LETTER
  local command
  mapfile -t command < <(encoder_words "$1")
  printf '  TZ=UTC GST_PLUGIN_PATH_1_0=%q' "$build_dir/gst"
  printf ' %q' "${command[@]}"
  echo
}

# An encoder that is gone: killed by the user, or broken?
check_encoder() { # LETTER
  local pid=${encoder[$1]:-} status
  if [ -z "$pid" ] || is_running "$pid"; then
    return
  fi
  wait "$pid" 2>/dev/null
  status=$?
  unset "encoder[$1]"
  if [ $status -eq 0 ] && [ -n "$input" ]; then
    echo "encoder $1 has come to the end of $input"
    [ ${#encoder[@]} -gt 0 ] || stopping=yes
  elif [ $status -le 128 ]; then
    problem "encoder $1 ended by itself (exit status $status):"
    tail -n 5 "$scratch/encoder-$1.log"
  elif [ "$restart" = yes ]; then
    start_encoder "$1"
    echo "encoder $1 was killed; started again, pid ${encoder[$1]}"
  else
    echo "encoder $1 was killed; to start it again:"
    print_command "$1"
  fi
}

# ---- run ----

start_packager
ingest=$(line_of "$scratch/packager.log" '^ingest ' "$packager") || {
  problem 'the packager did not start:'
  cat "$scratch/packager.log"
  exit 1
}
ingest=${ingest#ingest }
page=$(line_of "$scratch/packager.log" '^page ' "$packager")
page=${page#page }

letters='A B'
case "$input" in
  /dev/*) letters=A # a capture device can be opened once
    echo "one encoder: $input cannot be opened twice" ;;
esac
for letter in $letters; do
  start_encoder "$letter"
done

began=$SECONDS
until curl -sf -o "$scratch/probe" "${page}live/live/stream.mpd" \
  && curl -sf -o "$scratch/probe" "${page}live/live/master.m3u8"; do
  if [ $stopping = yes ] || [ $((SECONDS - began)) -gt 30 ] \
    || ! is_running "$packager"; then
    problem 'no manifest after 30 s:'
    tail -n 20 "$scratch"/*.log
    exit 1
  fi
  sleep 0.2
done

cat <<TEXT
page      $page
DASH      ${page}live/live/stream.mpd
HLS       ${page}live/live/master.m3u8
on disk   $directory
packager  pid $packager, receives at $ingest
TEXT
for letter in $letters; do
  echo "encoder $letter pid ${encoder[$letter]}; to kill it: kill -9 ${encoder[$letter]}"
done
[ -n "$seconds" ] || echo 'Ctrl-C ends it.'

began=$SECONDS
while [ $stopping = no ] && [ $problems -eq 0 ]; do
  if [ -n "$seconds" ] && [ $((SECONDS - began)) -ge "$seconds" ]; then
    break
  fi
  for letter in $letters; do
    check_encoder "$letter"
  done
  is_running "$packager" || problem 'the packager ended'
  [ ${#encoder[@]} -gt 0 ] || [ $stopping = yes ] || problem 'no encoder is left'
  sleep 0.2
done

# ---- end: encoders say so, then the packager ends by itself ----

for letter in "${!encoder[@]}"; do
  kill -INT "${encoder[$letter]}" 2>/dev/null
done
for letter in "${!encoder[@]}"; do
  pid=${encoder[$letter]}
  ended_within 15 "$pid" || problem "encoder $letter does not end"
  is_running "$pid" || wait "$pid" \
    || problem "encoder $letter failed: $(tail -n 5 "$scratch/encoder-$letter.log")"
done
if ! ended_within 15 "$packager"; then
  problem 'the packager does not end'
  kill -TERM "$packager"
  ended_within 10 "$packager"
fi
if ! is_running "$packager"; then
  wait "$packager" || problem 'the packager failed'
fi
grep -E '^(error|warning|origin|dash|hls):' "$scratch/packager.log"
summary=$(grep '^summary ' "$scratch/packager.log") \
  || problem 'the packager gave no summary'
case "$summary" in
  *' 0 gaps'*) ;;
  *) problem 'there are gaps' ;;
esac
for name in stream.mpd master.m3u8; do
  [ -s "$directory/$name" ] || problem "$name was not written"
done
echo "$summary"
echo "$problems problems"
[ $problems -eq 0 ]
