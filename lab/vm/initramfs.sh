# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Kernel modules and initramfs images, shared by L1 and by the guest.

lab_tool() { PATH=$PATH:/usr/sbin:/sbin command -v "$1"; }

# lab_module_files NAME: NAME's file and, before it, those of its dependencies; once each.
# Asked from the modules themselves: a depmod over the whole tree would take half a minute.
# Uses the tables LAB_MODULE_FILE and LAB_MODULE_SEEN.
lab_module_files() {
	local name=${1//-/_} file needed
	[[ -z ${LAB_MODULE_SEEN[$name]:-} ]] || return 0
	LAB_MODULE_SEEN[$name]=1
	file=${LAB_MODULE_FILE[$name]:-}
	# A dependency that is no module is built in; a wanted one was checked by the caller.
	[[ -n $file ]] || return 0
	for needed in $("$(lab_tool modinfo)" -F depends "$file" | tr , ' '); do
		lab_module_files "$needed"
	done
	printf '%s\n' "$file"
}

# lab_modules ROOT LIST KINDS: installs the modules that LIST gives with one of KINDS, and
# /etc/modules.load with the files in the order of loading.
lab_modules() {
	local root=$1 list=$2 kinds=$3 file name kind target
	declare -A LAB_MODULE_FILE=() LAB_MODULE_SEEN=()
	target=lib/modules/$(<"$LAB_KERNEL/release")/lab
	mkdir -p "$root/$target" "$root/etc"
	while read -r file; do
		name=${file##*/}
		name=${name%%.ko*}
		LAB_MODULE_FILE[${name//-/_}]=$file
	done < <(find "$LAB_KERNEL/modules" "$LAB_KERNEL/samples" -name '*.ko*')
	while read -r kind name; do
		[[ " $kinds " == *" $kind "* ]] || continue
		[[ -n ${LAB_MODULE_FILE[${name//-/_}]:-} ]] ||
			lab_die "choosing modules" "the kernel has no module $name" "correct $list"
		lab_module_files "$name" >>"$root/etc/modules.files"
	done < <(sed 's/#.*//; /^$/d' "$list")
	lab_install_modules "$root" "$target"
	if [[ $kinds == *load* ]]; then
		sed -nE 's/^(load|device|sample) //p' "$list" >"$root/etc/modules.load"
	fi
}

# lab_install_modules ROOT TARGET: copies them uncompressed, which is faster under emulation
lab_install_modules() {
	local root=$1 target=$2 file name
	while read -r file; do
		name=${file##*/}
		case $name in
		*.xz) xz -dc "$file" >"$root/$target/${name%.xz}" ;;
		*) cp "$file" "$root/$target/" ;;
		esac
		printf '/%s/%s\n' "$target" "${name%.xz}"
	done <"$root/etc/modules.files" >"$root/etc/modules.order"
	rm "$root/etc/modules.files"
	cp "$LAB_KERNEL"/modules/modules.{builtin,builtin.modinfo,order} "$root/${target%/lab}/"
	"$(lab_tool depmod)" -b "$root" "$(<"$LAB_KERNEL/release")"
}

# lab_initramfs FOLDER FILE
# Not compressed: QEMU loads it in a moment, while emulated code would unpack it slowly.
lab_initramfs() {
	(cd "$1" && find . -print0 | LC_ALL=C sort -z | cpio --quiet -0 -o -H newc -R 0:0) >"$2"
}
