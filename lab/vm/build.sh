# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# Makes what the lab runs, from the packages: see lab/README.md for the list of products.
# Every lab_make_X DIR fills the empty folder DIR; lab_product calls it when inputs changed.

# lab_unpack FOLDER DEB...
# Packages are unpacked, not installed: no maintainer script runs, and no root is needed.
lab_unpack() {
	local dir=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	printf '%s\0' "$@" | xargs -0 -P "$(nproc)" -I{} bash -c \
		'set -o pipefail; dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner --keep-directory-symlink \
			--exclude="./usr/share/doc/*" --exclude="./usr/share/man/*" --exclude="./usr/share/locale/*" \
			--exclude="./usr/share/iso-codes/*" --exclude="./usr/share/zoneinfo/*"' _ {} "$dir" ||
		lab_die "unpacking packages into $dir" "a package could not be unpacked" \
			"gvm-lab clean, then gvm-lab prepare (is the disk full?)"
}

# lab_unpack_root FOLDER LIST: the packages of LIST as the root of a system
lab_unpack_root() {
	local dir=$1 name
	lab_fetch "$2"
	mkdir -p "$dir"/usr/{bin,sbin,lib,lib64}
	for name in bin sbin lib lib64; do
		ln -s "usr/$name" "$dir/$name"
	done
	lab_unpack "$dir" "${LAB_DEBS[@]}"
}

# The QEMU that runs L1, with its libraries.
lab_make_machine() {
	lab_unpack_root "$1" "$LAB_SET.machine"
}

# The root of L1 as a folder.
lab_make_tree() {
	local dir=$1
	lab_unpack_root "$dir" "$LAB_SET.l1"
	mkdir -p "$dir"/{dev,proc,sys,run,tmp,root,in,out,lab,mnt,usr/local/bin}
	chmod 1777 "$dir/tmp"
	printf 'root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n' >"$dir/etc/passwd"
	# Debian's numbers; those from kvm on are given out at installation, and udev's rules name them.
	printf '%s\n' root:x:0: adm:x:4: tty:x:5: disk:x:6: lp:x:7: kmem:x:15: dialout:x:20: cdrom:x:24: \
		tape:x:26: utmp:x:43: video:x:44: audio:x:29: users:x:100: systemd-journal:x:101: \
		input:x:102: sgx:x:103: kvm:x:104: render:x:105: nogroup:x:65534: >"$dir/etc/group"
	printf 'lab\n' >"$dir/etc/hostname"
	printf '127.0.0.1 localhost lab\n' >"$dir/etc/hosts"
	: >"$dir/etc/fstab"
	ln -sf gawk "$dir/usr/bin/awk"
}

# The kernel (compressed, as packaged, and plain), all its modules, and the sample mediated drivers.
lab_make_kernel() {
	local dir=$1 work=$1/work
	lab_fetch "$LAB_SET.kernel"
	mkdir "$work"
	lab_unpack "$work" "${LAB_DEBS[@]}"
	mv "$work"/boot/vmlinuz-* "$dir/vmlinuz"
	mv "$work"/boot/config-* "$dir/config"
	basename "$work"/lib/modules/* >"$dir/release"
	mv "$work"/lib/modules/* "$dir/modules"
	lab_build_samples "$dir" "$work"
	rm -rf "$work"
}

# lab_build_samples FOLDER WORK: mtty, mdpy, mdpy-fb and mbochs, unchanged, against the headers
lab_build_samples() {
	local dir=$1 work=$2 sources headers common
	common=$(echo "$work"/usr/src/linux-headers-*-common)
	headers=$(echo "$work"/usr/src/linux-headers-*-amd64)
	sources=$work/linux-source-6.12/samples/vfio-mdev
	tar -x -C "$work" -f "$work"/usr/src/linux-source-6.12.tar.xz --occurrence=1 \
		linux-source-6.12/samples/vfio-mdev/{mtty.c,mdpy.c,mdpy-fb.c,mdpy-defs.h,mbochs.c} ||
		lab_die "unpacking the sample drivers" "linux-source-6.12 no longer holds them as expected" ""
	printf 'obj-m := mtty.o mdpy.o mdpy-fb.o mbochs.o\n' >"$sources/Makefile"
	# The packaged Makefile names the place where the package would be installed.
	printf 'include %s/Makefile\n' "$common" >"$headers/Makefile"
	make -s -C "$headers" M="$sources" CC=gcc CONFIG_DEBUG_INFO_BTF_MODULES= modules >"$work/make.log" 2>&1 || {
		tail -n 20 "$work/make.log" >&2
		lab_die "compiling the sample drivers" "the compiler's words are above" \
			"check that gcc, make and libelf1 are installed"
	}
	mkdir "$dir/samples"
	mv "$sources"/*.ko "$dir/samples/"
}

# lab_static PROGRAM SOURCE [LIBRARY...]: programs for L1 and L2 depend on nothing there
lab_static() {
	local program=$1 source=$2
	shift 2
	gcc -std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -static -o "$program" "$source" "$@" ||
		lab_die "compiling $source" "the compiler's words are above" "install the packages of lab/PACKAGES"
}

# The guest: its kernel, and an initramfs that drives and reports on whatever vGPU it gets.
lab_make_guest() {
	local dir=$1 root=$1/root
	mkdir -p "$root"/{bin,dev,proc,sys,var/log,var/run,etc/acpi/PWRF}
	cp "$LAB_TREE/usr/bin/busybox" "$root/bin/"
	install -m 755 "$LAB_DIR/guests/init" "$root/init"
	ln -s busybox "$root/bin/sh"
	# The names are busybox acpid's own for a pressed power button.
	install -m 755 "$LAB_DIR/guests/power-button" "$root/etc/acpi/PWRF/00000080"
	lab_static "$root/bin/paint" "$LAB_DIR/guests/paint.c"
	lab_static "$dir/check-pattern" "$LAB_DIR/guests/check-pattern.c" -lpng -lz -lm
	lab_modules "$root" "$LAB_DIR/guests/modules.guest" load
	lab_initramfs "$root" "$dir/initrd.img"
	cp "$LAB_KERNEL/vmlinuz" "$dir/"
	rm -rf "$root"
}

# L1 itself: the root image, and an initramfs that only mounts it.
lab_make_l1() {
	local dir=$1 root=$1/root lower=$1/lower
	mkdir -p "$root"/{bin,dev,root} "$lower"
	cp "$LAB_TREE/usr/bin/busybox" "$root/bin/"
	install -m 755 "$LAB_DIR/vm/initramfs-init" "$root/init"
	lab_modules "$root" "$LAB_DIR/vm/modules.l1" root
	lab_initramfs "$root" "$dir/initrd.img"
	# Hard links: the whole tree in a moment, and the tree itself stays as it is.
	cp -al "$LAB_TREE/." "$lower/"
	lab_modules "$lower" "$LAB_DIR/vm/modules.l1" "load device sample keep root"
	mkdir -p "$lower/lab/guest"
	cp "$LAB_GUEST"/* "$lower/lab/guest/"
	mv "$lower/lab/guest/check-pattern" "$lower/lab/"
	install -m 755 "$LAB_DIR"/vm/{init,init-systemd,run-command} "$lower/lab/"
	install -m 644 "$LAB_DIR/vm/functions" "$lower/lab/"
	lab_systemd "$lower"
	lab_static "$lower/lab/runner" "$LAB_DIR/vm/runner.c"
	lab_static "$lower/lab/keeper" "$LAB_DIR/vm/keeper.c"
	lab_image "$lower" "$dir/root.img"
	cp "$LAB_KERNEL/vmlinuz" "$dir/"
	rm -rf "$root" "$lower"
}

# lab_image FOLDER FILE: an ext4 image of FOLDER, every file owned by root
lab_image() {
	local as_root=() size
	# A user name space makes an ordinary user's files root's own in the image.
	[[ $(id -u) -eq 0 ]] || as_root=(unshare -r)
	size=$(($(du -sm "$1" | cut -f1) * 5 / 4 + 256))
	"${as_root[@]}" "$(lab_tool mke2fs)" -q -t ext4 -J size=16 -E root_owner=0:0 -d "$1" "$2" "${size}M" >/dev/null ||
		lab_die "making the root image $2" "mke2fs could not write it" \
			"check the space in $LAB_CACHE, and as an ordinary user that unshare -r works"
}
