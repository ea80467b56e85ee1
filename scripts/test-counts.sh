# shellcheck shell=bash
# Counts passed and failed tests in the reports of each kind of test run.

passed=0 failed=0 skipped=0

# count TITLE PASSED FAILED [SKIPPED]
count() {
  passed=$((passed + $2)) failed=$((failed + $3)) skipped=$((skipped + ${4:-0}))
  printf '%-44s %5d passed %4d failed %4d skipped\n' "$1" "$2" "$3" "${4:-0}"
}

# count_trx TITLE CODE FILE...: reports of dotnet test. A run that fails without a failed test did not build, or crashed.
count_trx() {
  local title=$1 code=$2 numbers
  shift 2
  read -r -a numbers < <(sed -n \
    's/.*<Counters total="\([0-9]*\)" executed="\([0-9]*\)" passed="\([0-9]*\)" failed="\([0-9]*\)".*/\1 \2 \3 \4/p' "$@" /dev/null |
    awk '{ total += $1; run += $2; ok += $3 } END { print ok + 0, run - ok, total - run }')
  if ((code != 0 && numbers[1] == 0)); then numbers[1]=1; fi
  count "${title}" "${numbers[@]}"
}

# count_tap TITLE CODE FILE: the output of bats --tap. A planned test without a result counts as failed.
count_tap() {
  local numbers
  read -r -a numbers < <(awk '
    /^1\.\.[0-9]+$/ { planned = substr($0, 4) }
    /^ok / { if (/ # skip/) skipped++; else ok++ }
    /^not ok / { bad++ }
    END { lost = planned - ok - bad - skipped; print ok + 0, bad + (lost > 0 ? lost : 0), skipped + 0 }' "$3")
  if (($2 != 0 && numbers[1] == 0)); then numbers[1]=1; fi
  count "$1" "${numbers[@]}"
}

# count_unittest TITLE CODE FILE: the output of Python's unittest.
count_unittest() {
  local run bad skip
  run=$(sed -n 's/^Ran \([0-9]*\) tests* in .*/\1/p' "$3" | tail -n 1)
  bad=$(tail -n 1 "$3" | tr '(,)' '\n' | awk -F= '/failures=|errors=|unexpected successes=/ { n += $2 } END { print n + 0 }')
  skip=$(tail -n 1 "$3" | sed -n 's/.*skipped=\([0-9]*\).*/\1/p')
  run=${run:-0} skip=${skip:-0}
  if (($2 != 0 && bad == 0)); then bad=1 run=$((run + 1)); fi
  count "$1" $((run - bad - skip)) "${bad}" "${skip}"
}

# durations_trx FILE...: seconds and name of every test, separated by a tab.
durations_trx() {
  sed -n 's/.*<UnitTestResult .*testName="\([^"]*\)".* duration="\([0-9]*\):\([0-9]*\):\([0-9.]*\)".*/\2\t\3\t\4\t\1/p' "$@" /dev/null |
    awk -F '\t' '{ printf "%.1f\tunit: %s\n", $1 * 3600 + $2 * 60 + $3, $4 }' | sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
}

# durations_tap TITLE FILE: the same for the output of bats --timing.
durations_tap() {
  sed -nE 's/^(ok|not ok) [0-9]+ (.*) in ([0-9]+)ms( # skip.*)?$/\3\t\2/p' "$2" |
    awk -F '\t' -v title="$1" '{ printf "%.1f\t%s: %s\n", $1 / 1000, title, $2 }'
}

# unfinished_tap TITLE FILE: the last result, if planned tests have none.
unfinished_tap() {
  awk -v title="$1" '
    /^1\.\.[0-9]+$/ { planned = substr($0, 4) }
    /^(ok|not ok) / { results++; last = $0 }
    END { if (results < planned) printf "%s: %d of %d tests have a result; the last: %s\n", title, results, planned, last }' "$2"
}

# skipped_tap FILE: the reasons for skipped tests, with their number.
skipped_tap() {
  sed -nE 's/^ok .* # skip ?(.*)$/\1/p' "$1" | sort | uniq -c | sed -E 's/^ *([0-9]+) (.*)$/skipped: \1, \2/'
}

# failed_trx FILE...: the names of failed tests, each with the first line of its message.
failed_trx() {
  sed -n '/<UnitTestResult .* outcome="Failed"/,/<\/UnitTestResult>/{
      s/.* testName="\([^"]*\)".*/failed: unit: \1/p
      s/^ *<Message>\([^<]*\).*/  \1/p
    }' "$@" /dev/null |
    sed 's/&quot;/"/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g; s/&#x[0-9A-Fa-f]*;/ /g'
}

# failed_tap TITLE FILE: the same for the output of bats.
failed_tap() {
  sed -nE 's/^not ok [0-9]+ (.*)$/\1/p' "$2" | sed -E 's/ in [0-9]+ms$//' | awk -v title="$1" '{ print "failed: " title ": " $0 }'
}

# print_longest N FILE...: the longest tests in files of durations.
print_longest() {
  local number=$1
  shift
  (($# > 0)) && [[ -e $1 ]] || return 0
  printf 'The longest %d tests:\n' "${number}"
  # awk reads to the end, so that sort is not stopped by a closed pipe.
  sort -t $'\t' -k 1,1 -rn -- "$@" | awk -F '\t' -v number="${number}" 'NR <= number { printf "%7.1f s  %s\n", $1, $2 }'
}
