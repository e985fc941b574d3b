# Runs a program that must not outlive the server that started this script.
#
# Only the server holds the write end of the pipe that is the standard input here, and it never writes, so
# the pipe ends when the server does, for whatever reason. The program is then asked to end, and made to.
# Arguments: the file for the program's process id, the seconds the program may take to end, the program
# and its own arguments.
id_file=$1
limit=$2
shift 2

# A shell starts its background jobs with an empty standard input, so the pipe moves to descriptor 3.
exec 3<&0 </dev/null

"$@" 3<&- &
program=$!
echo "$program" >"$id_file"

# The watcher lets go of the output, because the lock on it must end with the program.
(
    read -r nothing <&3
    kill -TERM "$program"
    while [ "$limit" -gt 0 ] && sleep 1; do
        limit=$((limit - 1))
    done
    kill -KILL "$program"
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-

# A signal interrupts "wait" while the program goes on, so the end is asked for once more.
trap 'kill -TERM "$program" 2>/dev/null' HUP INT TERM
while :; do
    wait "$program"
    code=$?
    kill -0 "$program" 2>/dev/null || break
done
kill "$watcher" 2>/dev/null
exit "$code"
