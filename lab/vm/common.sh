# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # the other files use them
# Shared by all parts of gvm-lab: messages, the cache, locks.

LAB_CACHE="${GVM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/gvm}/lab"
LAB_NEED_MIB=3000
# Exit codes of the lab itself, kept away from those of commands that run in it.
LAB_EXIT_TIMEOUT=124
LAB_EXIT_BROKEN=125

lab_say() { printf 'gvm-lab: %s\n' "$*" >&2; }

# lab_die STEP CAUSE [REMEDY]
lab_die() {
	printf 'gvm-lab: %s failed: %s\n' "$1" "$2" >&2
	[[ -z ${3:-} ]] || printf 'gvm-lab: remedy: %s\n' "$3" >&2
	exit "$LAB_EXIT_BROKEN"
}

lab_usage_error() {
	printf 'gvm-lab: %s\ngvm-lab: see gvm-lab --help\n' "$1" >&2
	exit 2
}

# Every tool is checked before the work starts, so that nothing fails half-way for want of one.
lab_need_tools() {
	local tool missing=()
	for tool in "$@"; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[[ ${#missing[@]} -eq 0 ]] || lab_die "looking for tools" "not found: ${missing[*]}" \
		"apt-get install \$(sed 's/#.*//' $LAB_DIR/PACKAGES)"
}

lab_need_space() {
	local free
	free=$(df --output=avail -BM "$LAB_CACHE" | tail -n 1 | tr -dc 0-9)
	[[ $free -ge $LAB_NEED_MIB ]] || lab_die "preparing the cache $LAB_CACHE" \
		"$free MiB free on that file system, $LAB_NEED_MIB MiB needed" \
		"free some space, or set GVM_CACHE to a folder on a larger file system"
}

lab_cache_init() {
	mkdir -p "$LAB_CACHE" || lab_die "creating the cache $LAB_CACHE" "the folder cannot be made" \
		"set GVM_CACHE to a folder that you can write"
	# Held shared for the whole run: old products are removed only when nobody uses any.
	exec {LAB_USE_FD}>>"$LAB_CACHE/use.lock"
	flock -s "$LAB_USE_FD"
}

# lab_hash FILE... -> 16 hex digits of the contents (not of the names)
lab_hash() { cat -- "$@" | sha256sum | cut -c1-16; }

# lab_product NAME HASH FUNCTION -> sets LAB_RESULT to the folder of the product
# A product is a folder NAME-HASH, the hash being that of its inputs. FUNCTION fills a
# temporary folder, one rename publishes it; it is never changed afterwards.
lab_product() {
	local name=$1 hash=$2 build=$3 start=$SECONDS temp lock_fd
	LAB_RESULT=$LAB_CACHE/$name-$hash
	if [[ -d $LAB_RESULT ]]; then
		touch "$LAB_RESULT" # tells lab_collect that it is in use
		return 0
	fi
	exec {lock_fd}>>"$LAB_CACHE/$name.lock"
	flock "$lock_fd"
	if [[ ! -d $LAB_RESULT ]]; then
		lab_need_space
		lab_say "building $name"
		temp=$LAB_CACHE/tmp.$name-$hash
		rm -rf "$temp"
		mkdir "$temp"
		"$build" "$temp"
		mv -T "$temp" "$LAB_RESULT"
		lab_say "built $name in $((SECONDS - start)) s"
	fi
	exec {lock_fd}>&-
	LAB_BUILT=1
}

# Removes the products that were used longest ago, three of each kind stay: other checkouts may
# have made them. Skipped while another gvm-lab runs.
lab_collect() {
	local name dir
	flock -n -x "$LAB_USE_FD" || { flock -s "$LAB_USE_FD"; return 0; }
	rm -rf "$LAB_CACHE"/tmp.*
	for name in tree machine kernel guest l1 iommufd; do
		while read -r dir; do
			rm -rf "$dir"
		done < <(find "$LAB_CACHE" -maxdepth 1 -type d -name "$name-*" -printf '%T@ %p\n' |
			sort -rn | tail -n +4 | cut -d' ' -f2-)
	done
	flock -s "$LAB_USE_FD"
}
