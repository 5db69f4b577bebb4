# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# VFIO as other distributions configure it: Debian's kernels have no iommufd, and no node for each
# VFIO device. So all modules whose structures depend on that are made anew from Debian's source, and
# L1 loads them instead of its own. The kernel itself stays as it is.

# lab_make_iommufd DIR: the modules, in DIR/both with VFIO groups too, in DIR/cdev without
lab_make_iommufd() {
	local dir=$1 work=$1/work source=$1/work/linux-source-6.12 name
	lab_fetch "$LAB_SET.kernel"
	mkdir "$work"
	lab_unpack "$work" "$(printf '%s\n' "${LAB_DEBS[@]}" | grep '/linux-source-')" \
		"$(printf '%s\n' "${LAB_DEBS[@]}" | grep '/linux-kbuild-')"
	while read -r name; do
		lab_unpack "$work" "$name"
	done < <(printf '%s\n' "${LAB_DEBS[@]}" | grep '/linux-headers-')
	tar -x -C "$work" -f "$work"/usr/src/linux-source-6.12.tar.xz --wildcards --no-wildcards-match-slash \
		linux-source-6.12/drivers/{vfio,vfio/pci,vfio/mdev,iommu/iommufd}/'[!.]*.[ch]' \
		linux-source-6.12/drivers/{vfio,vfio/pci,vfio/mdev,iommu/iommufd}/Makefile \
		linux-source-6.12/{drivers/iommu/iommu-priv.h,lib/interval_tree.c,samples/vfio-mdev/'*.[ch]'} ||
		lab_die "unpacking VFIO's source" "linux-source-6.12 no longer holds it as expected" ""
	# This part of a library is in the kernel only if iommufd was configured.
	{
		printf '#include <linux/interval_tree.h>\n'
		sed -n '/^#ifdef CONFIG_INTERVAL_TREE_SPAN_ITER/,/^#endif/p' "$source/lib/interval_tree.c" | sed '/EXPORT_SYMBOL/d'
	} >"$source/drivers/iommu/iommufd/span_iter.c"
	sed -i 's/vfio_compat\.o/& span_iter.o/' "$source/drivers/iommu/iommufd/Makefile"
	printf 'obj-m := mtty.o mdpy.o mdpy-fb.o mbochs.o\n' >"$source/samples/vfio-mdev/Makefile"
	printf 'obj-m := drivers/iommu/iommufd/ drivers/vfio/ samples/vfio-mdev/\n' >"$source/Makefile"
	lab_build_vfio "$work" "$dir/both"
	printf '#undef CONFIG_VFIO_%s\n' GROUP CONTAINER >"$source/options.h"
	lab_build_vfio "$work" "$dir/cdev" CONFIG_VFIO_GROUP= CONFIG_VFIO_CONTAINER= CONFIG_VFIO_IOMMU_TYPE1=
	rm -rf "$work"
}

# lab_build_vfio WORK TARGET OPTION...: OPTIONs for make; the compiler reads options.h for them
lab_build_vfio() {
	local work=$1 target=$2 source=$1/linux-source-6.12 headers
	shift 2
	headers=$(echo "$work"/usr/src/linux-headers-*-amd64)
	printf 'include %s/Makefile\n' "$work"/usr/src/linux-headers-*-common >"$headers/Makefile"
	printf '#define CONFIG_%s 1\n' IOMMUFD_MODULE VFIO_DEVICE_CDEV INTERVAL_TREE_SPAN_ITER >>"$source/options.h"
	make -s -j "$(nproc)" -C "$headers" M="$source" CC=gcc CONFIG_DEBUG_INFO_BTF_MODULES= CONFIG_IOMMUFD=m \
		CONFIG_VFIO_DEVICE_CDEV=y "$@" KCFLAGS="-include $source/options.h" modules >"$work/make.log" 2>&1 || {
		tail -n 20 "$work/make.log" >&2
		lab_die "compiling VFIO with iommufd" "the compiler's words are above" "check that gcc, make and libelf1 are installed"
	}
	mkdir "$target"
	find "$source" -name '*.ko' -exec mv -t "$target" {} +
	make -s -C "$headers" M="$source" clean >/dev/null 2>&1 || true
}

# lab_carry_vfio: what L1 loads instead of its own, and a QEMU that knows iommufd (bookworm's 7.2 does
# not); with the ROMs of the other one, which it takes.
lab_carry_vfio() {
	[[ -n $LAB_VFIO ]] || return 0
	mkdir -p "$LAB_RUN"/control/{bin,lib}
	cp -r "$LAB_IOMMUFD/$LAB_VFIO" "$LAB_RUN/control/modules"
	cp "$LAB_MACHINE/usr/bin/qemu-system-x86_64" "$LAB_RUN/control/bin/"
	cp -r "$LAB_MACHINE/usr/lib/x86_64-linux-gnu/qemu" "$LAB_RUN/control/lib/"
}
