# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2054 # QEMU's options hold commas
# Runs L1: one QEMU process, one folder shared with it, one exit status.

# Sets LAB_QEMU to the lab's own QEMU, run through its own loader and libraries
lab_qemu_command() {
	local lib=$LAB_MACHINE/usr/lib/x86_64-linux-gnu
	export QEMU_MODULE_DIR=$lib/qemu
	LAB_QEMU=("$LAB_MACHINE/usr/lib64/ld-linux-x86-64.so.2" --library-path "$lib:$lib/pulseaudio"
		"$LAB_MACHINE/usr/bin/qemu-system-x86_64"
		-L "$LAB_MACHINE/usr/share/qemu" -L "$LAB_MACHINE/usr/share/seabios" -L "$LAB_MACHINE/usr/lib/ipxe/qemu")
}

# The machine. Emulated always: an outer /dev/kvm is often there and does not work, and -cpu max has
# SVM only so. What is written to its disk lasts as long as QEMU runs: over a reboot, not longer.
lab_machine() {
	# Where the host is busy, the timer of an emulated machine may seem dead to the kernel, which panics.
	local words="console=ttyS0 quiet panic=-1 intel_iommu=on no_timer_check"
	if [[ $LAB_SYSTEMD -eq 1 ]]; then
		words+=" lab_init=/lab/init-systemd"
	else
		LAB_QEMU+=(-no-reboot)
	fi
	# For measuring: a clock that goes a nanosecond on with each instruction, whatever else the host does.
	if [[ $LAB_STEADY -eq 1 ]]; then
		LAB_QEMU+=(-accel tcg -icount shift=0,sleep=off -smp 1)
	else
		LAB_QEMU+=(-accel tcg,thread=multi -smp 2)
	fi
	LAB_QEMU+=(-M q35,kernel-irqchip=split,sata=off -cpu max -m 3G
		-nodefaults -no-user-config -display none -vga none -nic none -monitor none
		-device intel-iommu,intremap=on,caching-mode=on
		-kernel "$LAB_L1/vmlinuz" -initrd "$LAB_L1/initrd.img" -append "$words ${LAB_APPEND:-}"
		-drive "if=none,id=root,file=$LAB_L1/root.img,format=raw,snapshot=on,cache=unsafe"
		-device virtio-blk-pci,drive=root,addr=0x18
		-serial "file:$LAB_RUN/console.log")
	lab_machine_devices
}

# GPUs to stand in, controllers with virtual functions, a card of two functions, a shared group.
# The addresses are fixed: tests and the README name them.
lab_machine_devices() {
	LAB_QEMU+=(
		-device pcie-root-port,id=rp1,chassis=1,addr=1 -device pcie-root-port,id=rp2,chassis=2,addr=2
		-device pcie-root-port,id=rp3,chassis=3,addr=5 -device pcie-root-port,id=rp4,chassis=4,addr=6
		-device pcie-root-port,id=rp5,chassis=5,addr=7
		-device secondary-vga,addr=3 -device bochs-display,addr=4
		-device nvme-subsys,id=sub0,nqn=sub0
		-device nvme,serial=lab,subsys=sub0,bus=rp1,sriov_max_vfs=4,sriov_vq_flexible=8,sriov_vi_flexible=4,max_ioqpairs=10,msix_qsize=6
		-device virtio-vga,bus=rp2
		-device igb,bus=rp3,romfile=
		-device bochs-display,bus=rp4,addr=0.0,multifunction=on,romfile=
		-device intel-hda,bus=rp4,addr=0.1
		-device pcie-pci-bridge,id=br1,bus=rp5 -device bochs-display,bus=br1,addr=1,romfile=
		-device intel-hda,bus=br1,addr=2)
}

# lab_share TAG FOLDER [OPTIONS]
lab_share() {
	LAB_QEMU+=(-virtfs "local,path=${2//,/,,},mount_tag=$1,security_model=none,multidevs=remap${3:-}")
}

# What GVM built travels at each run; a lab without it works too.
lab_carry_gvm() {
	local build=${GVM_BUILD:-$LAB_DIR/../build} name file
	[[ -d $build ]] || return 0
	mkdir "$LAB_RUN/control/bin" "$LAB_RUN/control/lib"
	for name in gvm gvm-mgr gvm-mediator gvm-guest; do
		for file in "$build/$name" "$build/src/$name" "$build"/src/*/"$name"; do
			[[ -f $file && -x $file ]] || continue
			cp -L "$file" "$LAB_RUN/control/bin/"
			break
		done
	done
	for file in "$build"/libgvm.so* "$build"/src/libgvm.so*; do
		[[ ! -f $file ]] || cp -L "$file" "$LAB_RUN/control/lib/"
	done
	lab_carry_data "$build"
	rmdir --ignore-fail-on-non-empty "$LAB_RUN"/control/{bin,lib,data/*,data}
}

# lab_carry_data BUILD: units, rules and the like, as configured by the build, else as they stand in the tree
lab_carry_data() {
	local data=$LAB_RUN/control/data kind file
	for kind in systemd udev tmpfiles.d sysusers.d modprobe.d; do
		mkdir -p "$data/$kind"
		for file in "$LAB_DIR/../data/$kind"/* "$1/data/$kind"/*; do
			[[ ! -f $file || $file == *.in || $file == */meson.build ]] || cp -L "$file" "$data/$kind/"
		done
	done
}

lab_vm_usage_check() {
	[[ -z $LAB_IN || -d $LAB_IN ]] || lab_usage_error "--in $LAB_IN: no such folder"
	[[ -z $LAB_OUT ]] || mkdir -p "$LAB_OUT" || lab_usage_error "--out $LAB_OUT: cannot be made"
	[[ $LAB_VFIO =~ ^(both|cdev)?$ ]] || lab_usage_error "--vfio $LAB_VFIO: neither both nor cdev"
	[[ $LAB_TIMEOUT =~ ^[1-9][0-9]*$ ]] || lab_usage_error "--timeout $LAB_TIMEOUT: not a number of seconds"
	[[ $LAB_SHELL -eq 1 || $# -gt 0 ]] || lab_usage_error "vm: no COMMAND (or use --shell)"
	[[ $LAB_SHELL -eq 0 || -t 0 ]] || lab_usage_error "--shell needs a terminal"
}

# lab_control COMMAND...: fills the folder that L1's init reads
lab_control() {
	local control=$LAB_RUN/control
	mkdir "$control"
	printf 'exec%s\n' "$(printf ' %q' "$@")" >"$control/command"
	lab_carry_gvm
	lab_carry_vfio
	lab_share control "$control"
	if [[ -n $LAB_IN ]]; then
		: >"$control/has-in"
		lab_share in "$(realpath "$LAB_IN")" ,readonly=on
	fi
	if [[ -n $LAB_OUT ]]; then
		: >"$control/has-out"
		lab_share out "$(realpath "$LAB_OUT")"
	fi
}

# The command's two streams leave through two ports into pipes, each emptied by a cat.
lab_run_command() {
	local out err out_cat err_cat rc=0
	exec {out}> >(exec cat)
	out_cat=$!
	exec {err}> >(exec cat >&2)
	err_cat=$!
	LAB_QEMU+=(-device virtio-serial-pci
		-chardev "file,id=out,path=/dev/fd/$out" -device virtserialport,chardev=out,name=out
		-chardev "file,id=err,path=/dev/fd/$err" -device virtserialport,chardev=err,name=err)
	# In the background, so that a signal to this script is acted on at once.
	timeout --foreground -k 5 "$LAB_TIMEOUT" "${LAB_QEMU[@]}" </dev/null >"$LAB_RUN/qemu.log" 2>&1 &
	LAB_PID=$!
	wait "$LAB_PID" || rc=$?
	LAB_PID=
	exec {out}>&- {err}>&-
	wait "$out_cat" "$err_cat" || true
	return "$rc"
}

lab_run_shell() {
	stty size | { read -r rows columns && printf 'rows %s columns %s\n' "$rows" "$columns"; } >"$LAB_RUN/control/shell"
	LAB_QEMU+=(-device virtio-serial-pci -chardev stdio,id=tty,signal=off -device virtconsole,chardev=tty)
	"${LAB_QEMU[@]}" 2>"$LAB_RUN/qemu.log"
}

# lab_broken CODE STEP CAUSE: the lab failed, not the command; show what L1 and QEMU said last
lab_broken() {
	printf 'gvm-lab: %s: %s\n' "$2" "$3" >&2
	grep -m 2 -hE 'Kernel panic|BUG:|Oops:' "$LAB_RUN/console.log" 2>/dev/null | tr -d '\r' >&2 || true
	printf 'gvm-lab: last words of QEMU and of the console of L1:\n' >&2
	tail -n 20 "$LAB_RUN/qemu.log" >&2
	tail -n 40 "$LAB_RUN/console.log" 2>/dev/null | tr -d '\r' >&2
	exit "$1"
}

lab_vm_end() {
	[[ -z ${LAB_PID:-} ]] || kill "$LAB_PID" 2>/dev/null || true
	rm -rf "$LAB_RUN"
}

# lab_vm COMMAND...: uses LAB_SHELL, LAB_IN, LAB_OUT, LAB_TIMEOUT; exits with COMMAND's status
lab_vm() {
	local rc=0
	lab_vm_usage_check "$@"
	lab_prepare 0
	LAB_RUN=$(mktemp -d "${TMPDIR:-/tmp}/gvm-lab.XXXXXX")
	trap lab_vm_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	lab_qemu_command
	lab_machine
	if [[ $LAB_SHELL -eq 1 ]]; then
		[[ $# -gt 0 ]] || set -- bash -l
		lab_control "$@"
		lab_run_shell || rc=$?
	else
		lab_control "$@"
		lab_run_command || rc=$?
	fi
	[[ $rc -ne 124 ]] || lab_broken "$LAB_EXIT_TIMEOUT" "running the command in L1" \
		"not done after $LAB_TIMEOUT s (--timeout)"
	[[ -s $LAB_RUN/control/status ]] || lab_broken "$LAB_EXIT_BROKEN" "running L1" \
		"it ended before the command did (QEMU's status $rc): a panic, or QEMU did not start"
	exit "$(<"$LAB_RUN/control/status")"
}
