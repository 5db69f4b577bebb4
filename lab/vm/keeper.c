// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Keeps one idle KVM machine alive in L1.
 *
 * With the first and the last machine, and the first and the last CPU whose APIC is off, the kernel
 * patches its own code. Under software emulation with several threads the other CPU may then still
 * run the breakpoint of the patch, and the kernel panics ("Oops: int3"; observed with QEMU 7.2 and
 * Linux 6.12, in kvm_arch_vcpu_ioctl_run and __schedule, November 2026). With this machine no other
 * one is the first or the last.
 */
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/**
 * @brief The program.
 * @return 1 when it could not make the machine; else it does not end
 */
int main(void)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC), vm;

	if (kvm < 0 || (vm = ioctl(kvm, KVM_CREATE_VM, 0)) < 0 ||
	    ioctl(vm, KVM_CREATE_IRQCHIP) < 0 || ioctl(vm, KVM_CREATE_VCPU, 0) < 0) {
		perror("keeper: /dev/kvm");
		return 1;
	}
	puts("ready");
	fclose(stdout);
	for (;;)
		pause();
}
