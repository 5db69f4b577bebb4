# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# A private apt: its own sources, lists and downloads under the cache. The system's mirrors and
# proxy settings are used, the system's package state is neither read nor changed.

LAB_SUITE=bookworm
LAB_KERNEL_PATTERN='^linux-image-6\.12\.[0-9]+\+deb12-amd64$'

# lab_mirror LAST_PATH_PART -> the system's own mirror of that archive, else deb.debian.org
# apt itself is asked, so that every format of sources is understood.
lab_mirror() {
	local uri
	# shellcheck disable=SC2016 # the words are apt's
	uri=$(apt-get indextargets --format '$(REPO_URI) $(COMPONENT)' 'Created-By: Packages' 2>/dev/null |
		awk -v part="/$1/" '$2 == "main" && substr($1, length($1) - length(part) + 1) == part { print $1; exit }')
	printf '%s\n' "${uri:-http://deb.debian.org/$1/}"
}

lab_apt_sources() {
	local key=/usr/share/keyrings/debian-archive-keyring.gpg main security
	[[ -r $key ]] || lab_die "setting up apt" "$key is missing" "apt-get install debian-archive-keyring"
	main=$(lab_mirror debian)
	security=$(lab_mirror debian-security)
	printf 'deb [signed-by=%s arch=amd64] %s %s main\n' \
		"$key" "$main" "$LAB_SUITE" "$key" "$main" "$LAB_SUITE-updates" \
		"$key" "$security" "$LAB_SUITE-security" "$key" "$main" "$LAB_SUITE-backports"
}

# lab_apt TOOL ARGS... with TOOL one of apt-get, apt-cache
lab_apt() {
	local tool=$1 dir=$LAB_CACHE/apt
	shift
	"$tool" -o quiet=2 -o APT::Get::Assume-Yes=true \
		-o APT::Architecture=amd64 -o APT::Architectures::=amd64 \
		-o APT::Install-Recommends=false -o APT::Install-Suggests=false \
		-o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3 \
		-o Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled=false \
		-o Dir::State="$dir/state" -o Dir::State::status="$dir/status" \
		-o Dir::Cache="$dir/cache" -o Dir::Cache::archives="$dir/archives/" \
		-o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts=/dev/null \
		-o Dir::Etc::preferences=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
		-o Dir::Etc::trusted=/dev/null -o Dir::Etc::trustedparts=/dev/null \
		-o Dpkg::Use-Pty=0 "$@"
}

lab_apt_update() {
	local dir=$LAB_CACHE/apt
	mkdir -p "$dir"/{state/lists/partial,cache,archives/partial}
	: >"$dir/status"
	lab_apt_sources >"$dir/sources.list"
	lab_say "fetching package lists of $LAB_SUITE"
	lab_apt apt-get update -o APT::Update::Error-Mode=any >&2 ||
		lab_die "fetching package lists" "apt could not reach the mirrors in $dir/sources.list" \
			"check the network and apt's proxy settings (apt-config dump | grep -i proxy), then try again"
}

# The newest kernel that the mirrors hold now: older ones vanish from them.
lab_kernel_version() {
	local newest
	newest=$(lab_apt apt-cache search --names-only "$LAB_KERNEL_PATTERN" | cut -d' ' -f1 | sort -V | tail -n 1)
	[[ -n $newest ]] || lab_die "choosing a kernel" "no package matches $LAB_KERNEL_PATTERN" \
		"look at $LAB_CACHE/apt/sources.list: the security archive of $LAB_SUITE must be in it"
	newest=${newest#linux-image-}
	printf '%s\n' "${newest%-amd64}"
}

# The kernel's packages are only unpacked, so their dependencies are of no interest.
lab_kernel_packages() {
	local version=$1
	printf '%s\n' "linux-image-$version-amd64" "linux-headers-$version-amd64" \
		"linux-headers-$version-common" "linux-kbuild-$version" linux-source-6.12
}

# lab_apt_closure LIST [OPTION...]: lines "URI NAME SIZE HASH" of the packages in LIST and what they need
lab_apt_closure() {
	local list=$1 names
	shift
	mapfile -t names < <(sed 's/#.*//' "$list" | xargs -n 1)
	# An empty archive folder makes apt name every package, also those already fetched.
	lab_apt apt-get install --print-uris -o Dir::Cache::archives=/nonexistent "$@" "${names[@]}" ||
		lab_die "choosing packages" "apt cannot satisfy $list" "correct that list; apt's reason is above"
}

# Writes FILE.l1, FILE.machine and FILE.kernel: the exact versions to use.
lab_apt_resolve() {
	local file=$1 names version
	lab_apt_closure "$LAB_DIR/vm/packages.l1" >"$file.l1.new"
	lab_apt_closure "$LAB_DIR/vm/packages.machine" -t "$LAB_SUITE-backports" >"$file.machine.new"
	version=$(lab_kernel_version)
	mapfile -t names < <(lab_kernel_packages "$version")
	lab_apt apt-get download --print-uris "${names[@]}" >"$file.kernel.new" ||
		lab_die "choosing packages" "apt does not know all of: ${names[*]}" "gvm-lab prepare --update"
	mv "$file.l1.new" "$file.l1"
	mv "$file.machine.new" "$file.machine"
	mv "$file.kernel.new" "$file.kernel"
}

# Downloads that no list names any more go.
lab_apt_forget() {
	local dir=$LAB_CACHE/apt file
	for file in "$dir"/archives/*.deb; do
		[[ ! -f $file ]] || grep -qsF " ${file##*/} " "$dir"/set-*.{l1,machine,kernel} || rm "$file"
	done
}

# lab_packages UPDATE -> sets LAB_SET to the prefix of the resolved package lists. They are made
# once and kept, so that a prepared lab needs no network; UPDATE=1 makes them anew.
lab_packages() {
	local update=$1 lock_fd
	LAB_SET=$LAB_CACHE/apt/set-$(lab_hash "$LAB_DIR"/vm/packages.{l1,machine} "$LAB_DIR/vm/apt.sh")
	[[ $update -eq 1 || ! -f $LAB_SET.kernel ]] || return 0
	exec {lock_fd}>>"$LAB_CACHE/apt.lock"
	flock "$lock_fd"
	if [[ $update -eq 1 || ! -f $LAB_SET.kernel ]]; then
		lab_need_space
		lab_apt_update
		lab_apt_resolve "$LAB_SET"
		lab_apt_forget
	fi
	exec {lock_fd}>&-
}

# lab_fetch LIST -> sets LAB_DEBS to the paths of the .deb files, fetching what is not there yet
lab_fetch() {
	local list=$1 lock_fd archives=$LAB_CACHE/apt/archives
	local uri name size hash wanted=()
	exec {lock_fd}>>"$LAB_CACHE/apt.lock"
	flock "$lock_fd"
	LAB_DEBS=()
	while read -r uri name size hash; do
		LAB_DEBS+=("$archives/$name")
		[[ $(stat -c %s "$archives/$name" 2>/dev/null) == "$size" ]] || wanted+=("${uri//\'/}" "$archives/$name" "$hash")
	done <"$list"
	[[ ${#wanted[@]} -eq 0 ]] || lab_fetch_missing "${wanted[@]}"
	exec {lock_fd}>&-
}

# lab_fetch_missing FOLDER (URI PATH HASH)...
# apt's own fetcher keeps its proxies and methods, and checks the hashes.
lab_fetch_missing() {
	local start=$SECONDS
	lab_say "fetching $(($# / 3)) packages"
	lab_apt /usr/lib/apt/apt-helper download-file "$@" >/dev/null ||
		lab_die "fetching packages" "apt could not get all of them (its reasons are above)" \
			"if the mirror no longer has a version: gvm-lab prepare --update; else check the network"
	lab_say "fetched them in $((SECONDS - start)) s"
}
