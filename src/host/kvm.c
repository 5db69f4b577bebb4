// SPDX-License-Identifier: GPL-2.0-or-later
#include "kvm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "child.h"
#include "cleanup.h"

#define GUEST_PAGE 0x1000

/* It takes some milliseconds; in a nested machine under emulation some hundred. */
#define PROBE_TIMEOUT_MS 5000

#ifdef __x86_64__
/** @brief Give the guest its one page and its start. @param vm @param cpu descriptors @param page memory @return 0 or -errno */
static int set_up(int vm, int cpu, void *page)
{
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = GUEST_PAGE,
		.memory_size = GUEST_PAGE,
		.userspace_addr = (unsigned long)page,
	};
	struct kvm_regs regs = { .rip = GUEST_PAGE, .rflags = 2 };
	struct kvm_sregs sregs;

	/* "out 0, al": an access to a port comes back to us, where HLT would stay in the kernel. */
	memset(page, 0, GUEST_PAGE);
	memcpy(page, "\xe6\x00", 2);
	if (ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region) < 0 ||
	    ioctl(cpu, KVM_GET_SREGS, &sregs) < 0)
		return -errno;
	sregs.cs.base = 0;
	sregs.cs.selector = 0;
	if (ioctl(cpu, KVM_SET_SREGS, &sregs) < 0 || ioctl(cpu, KVM_SET_REGS, &regs) < 0)
		return -errno;
	return 0;
}

/** @brief Run the virtual CPU until it writes to a port. @param kvm @param vm @param cpu descriptors @return 0 or -errno */
static int run_cpu(int kvm, int vm, int cpu)
{
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	struct kvm_run *run;
	void *page;
	int r;

	if (size < (int)sizeof(*run))
		return -EIO;
	page = mmap(NULL, GUEST_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		return -errno;
	run = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, cpu, 0);
	r = run == MAP_FAILED ? -errno : set_up(vm, cpu, page);
	if (r == 0)
		r = ioctl(cpu, KVM_RUN, 0) < 0 ? -errno : 0;
	if (r == 0 && run->exit_reason != KVM_EXIT_IO)
		r = -EIO;
	if (run != MAP_FAILED)
		munmap(run, (size_t)size);
	munmap(page, GUEST_PAGE);
	return r;
}
#else
/** @brief No instruction is run on this processor. @param kvm @param vm @param cpu descriptors @return 0 */
static int run_cpu(int kvm, int vm, int cpu)
{
	(void)kvm, (void)vm, (void)cpu;
	return 0;
}
#endif

/** @brief Make a machine and run its CPU. @param data host @return 0 or -errno */
static int probe(void *data)
{
	GVM_AUTOCLOSE int kvm = gvm_host_at(data, "/dev/kvm", O_RDWR);
	GVM_AUTOCLOSE int vm = -1;
	GVM_AUTOCLOSE int cpu = -1;

	if (kvm < 0)
		return kvm;
	vm = ioctl(kvm, KVM_CREATE_VM, 0);
	if (vm < 0)
		return -errno;
#ifdef __x86_64__
	/* As every real VM has; a CPU without one makes the kernel patch its own code (6.12). */
	if (ioctl(vm, KVM_CREATE_IRQCHIP) < 0)
		return -errno;
#endif
	cpu = ioctl(vm, KVM_CREATE_VCPU, 0);
	if (cpu < 0)
		return -errno;
	return run_cpu(kvm, vm, cpu);
}

int gvm_kvm_works(struct gvm_host *h)
{
	if (!gvm_host_live(h))
		return -EROFS;
	return gvm_child(probe, h, PROBE_TIMEOUT_MS, true);
}
