# Checks of the source text; to be sourced after common.sh.

# cpp_files: C++ files that git knows or could add, one per line, relative to the repository.
cpp_files() {
  (cd "$repository" && git -c safe.directory='*' ls-files --cached --others --exclude-standard -- '*.cc' '*.h' |
    while read -r file; do if [[ -f $file ]]; then echo "$file"; fi; done | sort -u)
}

check_format() {
  local files
  mapfile -t files < <(cpp_files)
  (cd "$repository" && clang-format --dry-run -Werror "${files[@]}") || return
  note "${#files[@]} files"
}

# The commit to compare with: where this branch left the main one; on the main branch itself, the commit before.
tidy_base() {
  local git=(git -C "$repository" -c safe.directory='*') branch base head
  head=$("${git[@]}" rev-parse --verify -q HEAD) || return 1
  for branch in origin/main main origin/master master; do
    base=$("${git[@]}" merge-base HEAD "$branch" 2>/dev/null) || continue
    if [[ $base != "$head" ]]; then
      echo "$base"
      return 0
    fi
  done
  "${git[@]}" rev-parse --verify -q HEAD~1
}

# changed_sources PRESET: changed .cc files, and for each changed header the first source that includes it, as far as
# they are part of that build.
changed_sources() {
  local preset=$1 base file include
  base=$(tidy_base) || return 0
  (
    cd "$repository"
    git -c safe.directory='*' diff --name-only --diff-filter=d "$base" -- '*.cc' '*.h' | while read -r file; do
      case $file in
        *.cc) echo "$file" ;;
        *.h)
          include=${file#include/}
          grep -rlF --include='*.cc' "\"${include#*/include/}\"" src sim tests 2>/dev/null | sort | head -n 1 || true
          grep -rlF --include='*.cc' "\"$(basename "$file")\"" "$(dirname "$file")" 2>/dev/null | head -n 1 || true
          ;;
      esac
    done | sort -u | while read -r file; do
      if grep -qF "$repository/$file\"" "build/$preset/compile_commands.json"; then echo "$file"; fi
    done
  )
}

# check_tidy PRESET: stops looking after TIDY_SECONDS (default 480) and says so.
check_tidy() {
  local preset=$1 files status=0
  mapfile -t files < <(changed_sources "$preset")
  if [[ ${#files[@]} -eq 0 ]]; then
    note "nothing changed"
    return 0
  fi
  local log=$repository/build/tidy.log
  (cd "$repository" && printf '%s\n' "${files[@]}" |
    timeout "${TIDY_SECONDS:-480}" xargs -P "$(nproc)" -n 1 clang-tidy --quiet -p "build/$preset" \
      --extra-arg=-Wno-unknown-warning-option) >"$log" 2>/dev/null || status=$?
  if [[ $status -eq 124 ]]; then note "time is up; not all of the ${#files[@]} files were looked at"; fi
  if grep -qE '(error|warning):' "$log"; then
    cat "$log"
    return 1
  fi
  if [[ $status -ne 0 && $status -ne 124 ]]; then
    note "clang-tidy failed (exit status $status), see $log"
    return 1
  fi
  note "${#files[@]} files"
}
