// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and layouts: documented, kernel include/uapi/linux/{vfio,iommufd}.h of 6.12; Debian 12 has older ones. */
#include "iommufd.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cleanup.h"

/** VFIO_DEVICE_BIND_IOMMUFD and its argument. */
struct bind {
	uint32_t argsz, flags;
	int32_t iommufd;
	uint32_t devid;
};
#define BIND _IO(VFIO_TYPE, VFIO_BASE + 18)

/** IOMMU_OPTION and its argument. */
struct option {
	uint32_t size, id; /* id 0: IOMMU_OPTION_RLIMIT_MODE */
	uint16_t op, reserved; /* op 0: set */
	uint32_t object;
	uint64_t value; /* 1: by process */
};
#define OPTION _IO(';', 0x87)

int gvm_iommufd_open(struct gvm_host *h)
{
	struct option by_process = { .size = sizeof(by_process), .value = 1 };
	int fd = gvm_host_at(h, GVM_IOMMUFD_NODE, O_RDWR);

	/* Who may not has the kernel's default. */
	if (fd >= 0)
		ioctl(fd, OPTION, &by_process);
	return fd;
}

int gvm_vfio_cdev_bind(struct gvm_host *h, long cdev)
{
	GVM_AUTOCLOSE int iommufd = gvm_iommufd_open(h);
	struct bind bind = { .argsz = sizeof(bind), .iommufd = iommufd };
	char path[48];
	int fd, err;

	if (iommufd < 0)
		return iommufd;
	snprintf(path, sizeof(path), "/dev/vfio/devices/vfio%ld", cdev);
	fd = gvm_host_at(h, path, O_RDWR);
	if (fd < 0 || ioctl(fd, BIND, &bind) == 0)
		return fd;
	err = errno;
	close(fd);
	/* The arguments are right: another one has it. */
	return err == EINVAL ? -EBUSY : -err;
}
