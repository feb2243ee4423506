#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 the gst-cmaf authors
#
# The whole chain on one machine: two encoder processes push the same programme
# to one packager process, which merges them and serves a page that plays it.
# Kill one encoder: the page goes on. `demo.sh --help` tells the options.
#
# The time in the picture is the media time: a time code, which the muxers take
# instead of their clocks. So both encoders give a frame the same number.
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
  --skew-ms N        set the clock of encoder B N ms wrong: the time code tells
                     the frame, so nothing changes
  --build-dir D      where it is built (build-demo)
  --no-install       do not look for missing packages
Exit status 0 when nothing was lost. Killing one encoder loses nothing.

  scripts/demo.sh --seconds 40
  scripts/demo.sh --input film.mp4 --directory out
  scripts/demo.sh --address 0.0.0.0 --port 8000    for other machines to see
TEXT
}

seconds=
input=
port=0
address=127.0.0.1
directory=
restart=no
skew_ms=0
build_dir=build-demo
install=yes
fail() { # fail STATUS TEXT...: what is wrong, and what to do
  printf 'demo.sh: %s\n' "${@:2}" >&2
  exit "$1"
}
value() { # value OPTION WORD...: the word that must follow
  [ $# -ge 2 ] || fail 2 "$1 needs a value"
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
    --skew-ms) skew_ms=$(value "$@") || exit 2; shift ;;
    --restart) restart=yes ;;
    --no-install) install=no ;;
    -h|--help) usage; exit 0 ;;
    *) echo "demo.sh: unknown argument '$1'" >&2; usage >&2; exit 2 ;;
  esac
  shift
done
case "$seconds$port${skew_ms#-}" in
  *[!0-9]*) fail 2 '--seconds, --port and --skew-ms need a whole number' ;;
esac
if [ "${skew_ms#-}" -gt 60000 ]; then
  fail 2 '--skew-ms: a time code is believed within two minutes of the clock;' \
    'take 60000 at most'
fi
case "$input" in
  ''|*://*) ;;
  *) [ -r "$input" ] || fail 2 "--input: cannot read $input" ;;
esac

# ---- build ----

if [ "$install" = yes ]; then
  scripts/install-deps.sh || fail 1 'some packages are missing, see above;' \
    'with --no-install the demo tries with what is there'
fi
for program in meson ninja gst-launch-1.0 curl setsid; do
  command -v "$program" >/dev/null \
    || fail 1 "$program is missing; scripts/install-deps.sh installs it"
done

# built LOG COMMAND...: runs it, and shows what it said when it fails
built() {
  local log=$1
  shift
  "$@" >"$log" 2>&1 && return
  tail -n 60 "$log" >&2
  fail 1 "\`$*\` failed, see above and $log." \
    "After a repair run it again; rm -r $build_dir begins afresh."
}
mkdir -p "$build_dir" || fail 1 "cannot write $build_dir; see --build-dir"
if [ ! -f "$build_dir/build.ninja" ]; then
  built "$build_dir/demo-setup.log" \
    meson setup "$build_dir" -Dbuildtype=release -Dtests=disabled
fi
ninja -C "$build_dir" -n 2>/dev/null | grep -q 'no work to do' \
  || echo "building in $build_dir; the first time takes a minute or more"
built "$build_dir/demo-build.log" ninja -C "$build_dir"
build_dir=$(cd "$build_dir" && pwd)
export GST_PLUGIN_PATH_1_0=$build_dir/gst${GST_PLUGIN_PATH_1_0:+:$GST_PLUGIN_PATH_1_0}
export GST_REGISTRY_1_0=$build_dir/demo-registry.bin
export TZ=UTC # so is the time code
for element in timecodestamper timeoverlay x264enc avenc_aac h264parse \
  cmafsyncmux httpingestsrc httpingestsink cmaforiginsink cmafdashsink; do
  gst-inspect-1.0 --exists --atleast-version=0.0 "$element" >/dev/null 2>&1 \
    || fail 1 "there is no element $element; scripts/install-deps.sh installs" \
      "what is missing, GST_DEBUG=2 gst-inspect-1.0 $element tells why"
done

# ---- processes: each is ended by its pid, whatever happens ----

scratch=$(mktemp -d "${TMPDIR:-/tmp}/cmaf-demo.XXXXXX")
kept=$directory
directory=${directory:-$scratch/media}
mkdir -p "$directory" && [ -w "$directory" ] \
  || fail 1 "cannot write $directory; see --directory"
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
trap 'stopping=yes' INT TERM HUP

# its own session, so that Ctrl-C reaches this script alone, which then ends
# the others in order
start_packager() {
  setsid "$build_dir/tests/examples/cmaf-packager" --address "$address" \
    --port "$port" --directory "$directory" \
    --title 'Two encoders, one programme' >"$scratch/packager.log" 2>&1 3>&- &
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

# Encoders of a file agree on the media time of its first frame, so that their
# segments hold the same; of anything else, on the time at which it comes.
began_at=$(date +%s)
stamp=(! timecodestamper source=rtc)
timing=(timing-sources=timecode)
is_file=no
case "$input" in
  ''|/dev/*|*://*) ;;
  *) is_file=yes
    timing=(timing-sources=fixed "fixed-origin=${began_at}000000000")
    stamp=(! timecodestamper source=internal
      "set-internal-timecode=$(date -d "@$began_at" +%H:%M:%S:00)") ;;
esac

# source_of LETTER: raw video into the tee "video", raw audio into "audio". Not
# wave=ticks: audiotestsrc 1.22 leaves one sample of each tick unset, and the
# encoder may never come back from what is found there.
source_of() {
  local shape='video/x-raw,width=960,height=540,framerate=25/1'
  local to_shape="videoconvert ! videoscale ! videorate ! $shape"
  local to_sound='audioconvert ! audioresample'
  local time=("${stamp[@]}" ! timeoverlay time-mode=time-code
    "text=encoder $1 " 'font-desc=DejaVu Sans Mono Bold 24'
    halignment=center valignment=center shaded-background=true)
  local uri=$input
  # shellcheck disable=SC2086 # the words of pieces of pipelines
  case "$input" in
    '')
      words videotestsrc is-live=true pattern=smpte75 ! $shape "${time[@]}" \
        ! tee name=video \
        audiotestsrc is-live=true volume=0.1 ! tee name=audio ;;
    /dev/*)
      words v4l2src "device=$input" ! decodebin ! $to_shape "${time[@]}" \
        ! tee name=video autoaudiosrc ! $to_sound ! tee name=audio ;;
    *)
      case "$uri" in *://*) ;; *) uri=file://$(realpath "$input") ;; esac
      words uridecodebin "uri=$uri" name=input \
        input. ! queue ! $to_shape ! clocksync "${time[@]}" ! tee name=video \
        input. ! queue ! $to_sound ! clocksync ! tee name=audio ;;
  esac
}

# muxer NAME LETTER: one track
muxer() {
  words ! cmafsyncmux "track-name=$1" chunk-duration=200000000 "${timing[@]}"
  [ "$2" = A ] || [ "$skew_ms" -eq 0 ] || words "clock-offset=${skew_ms}000000"
  words ! queue ! out.
}

# rendition NAME WIDTH HEIGHT KBIT LETTER: one track of the encoder's video. One
# thread: the condition variables of glibc 2.36 may lose a wake-up, and slices in
# threads then wait for each other for ever.
rendition() {
  words video. ! queue ! videoscale ! "video/x-raw,width=$2,height=$3" \
    ! x264enc tune=zerolatency speed-preset=ultrafast "bitrate=$4" \
    threads=1 key-int-max=250 ! video/x-h264,profile=constrained-baseline ! h264parse
  muxer "$1" "$5"
}

encoder_words() { # LETTER
  words gst-launch-1.0 -e httpingestsink name=out "location=$ingest" \
    "encoder-name=$1"
  source_of "$1"
  rendition video-hi 960 540 1500 "$1"
  rendition video-lo 480 270 400 "$1"
  words audio. ! queue ! audioconvert ! audio/x-raw,rate=48000,channels=2 \
    ! cmafaudioalign ! avenc_aac bitrate=96000 ! aacparse
  muxer audio "$1"
}

start_encoder() { # LETTER
  local command
  mapfile -t command < <(encoder_words "$1")
  setsid "${command[@]}" >"$scratch/encoder-$1.log" 2>&1 3>&- &
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
  elif [ $is_file = yes ]; then
    echo "encoder $1 was killed; a file begins at its beginning, so it stays out"
  elif [ "$restart" = yes ]; then
    start_encoder "$1"
    echo "encoder $1 was killed; started again, pid ${encoder[$1]}"
  else
    echo "encoder $1 was killed; to start it again:"
    print_command "$1"
  fi
}

# ---- run ----

exec 3>&2 # errors, where bash is to say nothing of its own
start_packager
ingest=$(line_of "$scratch/packager.log" '^ingest ' "$packager") || {
  cat "$scratch/packager.log" >&2
  fail 1 'the packager did not start, see above. When the address is in use,' \
    'choose another --port, or none: then any free one is taken.'
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

exec 2>/dev/null # where bash tells that an encoder was killed
began=$SECONDS
until curl -sf -o "$scratch/probe" "${page}live/live/stream.mpd" \
  && curl -sf -o "$scratch/probe" "${page}live/live/master.m3u8"; do
  if [ $stopping = yes ] || [ $((SECONDS - began)) -gt 30 ] \
    || ! is_running "$packager"; then
    [ $stopping = yes ] && exit 1
    tail -n 20 "$scratch"/*.log >&3
    fail 1 'nothing was published within 30 s. What the encoders and the' \
      'packager said is above; --input needs both picture and sound.' 2>&3
  fi
  sleep 0.2
done

where="$directory, removed at the end (--directory keeps it)"
[ -z "$kept" ] || where=$kept
cat <<TEXT
page      $page
DASH      ${page}live/live/stream.mpd
HLS       ${page}live/live/master.m3u8
on disk   $where
packager  pid $packager, receives at $ingest
TEXT
for letter in $letters; do
  echo "encoder $letter pid ${encoder[$letter]}; to kill it: kill -9 ${encoder[$letter]}"
done
[ "$skew_ms" = 0 ] || echo "the clock of encoder B is $skew_ms ms off"
[ -n "$seconds" ] || echo 'Ctrl-C ends it.'

began=$SECONDS
while [ $stopping = no ] && [ $problems -eq 0 ]; do
  if [ -n "$seconds" ] && [ $((SECONDS - began)) -ge "$seconds" ]; then
    break
  fi
  for letter in $letters; do
    check_encoder "$letter"
  done
  is_running "$packager" || problem 'the packager ended before the demo did'
  [ ${#encoder[@]} -gt 0 ] || [ $stopping = yes ] || problem 'no encoder is left'
  sleep 0.2
done
exec 2>&3

# ---- end: encoders say so, then the packager ends by itself ----

# end_encoder LETTER PID: what has been read of an input is sent first, which
# may be much; who is not through with it leaves, as if it had been killed.
end_encoder() {
  if ! ended_within $((deadline > SECONDS ? deadline - SECONDS : 0)) "$2"; then
    [ -n "$input" ] || problem "encoder $1 does not end"
    kill -KILL "$2"
    ended_within 5 "$2"
    return
  fi
  wait "$2" || problem "encoder $1 failed: $(tail -n 5 "$scratch/encoder-$1.log")"
}

for letter in "${!encoder[@]}"; do
  kill -INT "${encoder[$letter]}" 2>/dev/null
done
deadline=$((SECONDS + 12))
for letter in "${!encoder[@]}"; do
  end_encoder "$letter" "${encoder[$letter]}"
done 2>/dev/null
end_packager() {
  ended_within 5 "$packager" || kill -TERM "$packager"
  if ! ended_within 12 "$packager"; then
    problem 'the packager does not end'
    return
  fi
  wait "$packager"
  case $? in
    0) ;;
    137) problem 'the packager was killed; without it nothing is published' ;;
    *) problem 'the packager failed' ;;
  esac
}
end_packager 2>/dev/null

# ---- what was done ----

lasted=$((SECONDS - began))
grep -E '^(error|warning): ' "$scratch/packager.log"
summary=$(grep '^summary ' "$scratch/packager.log") \
  || problem 'the packager gave no summary'
case "$summary" in
  *' 0 gaps'*) ;;
  *) problem 'there are gaps' ;;
esac
for name in stream.mpd vod.mpd master.m3u8; do
  [ -s "$directory/$name" ] || problem "$name was not written"
done
echo
echo "lasted     $lasted s"
sed -n 's/^source .*(\(.\)): /encoder \1  /p' "$scratch/packager.log"
sed -n 's/^summary \([0-9]*\) segments merged, /published  \1 segments, /p' \
  "$scratch/packager.log"
[ -z "$kept" ] || echo "kept       $kept: vod.mpd, master.m3u8"
if [ $problems -eq 1 ]; then echo '1 problem'; else echo "$problems problems"; fi
[ $problems -eq 0 ]
