/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file fake_kernel.h
 * @brief A kernel with mediated devices, played over a temporary sysroot.
 *
 * The writes of a gvm_host arrive here and change the tree as the mdev core of Linux 6.12 would
 * (drivers/vfio/mdev, Documentation/ABI/testing/sysfs-bus-vfio-mdev): EINVAL for what is no UUID,
 * EEXIST for one in use on any parent, EUSERS when the pool that all types of a parent share is
 * used up, ENODEV for a parent that is going, EAGAIN for a second removal. A vGPU has the attributes
 * power/control, limit (a number, shown as the decimal one), list (adds a line for each write), key
 * (which cannot be read) and fixed (which cannot be written).
 */
#ifndef GVM_TEST_FAKE_KERNEL_H
#define GVM_TEST_FAKE_KERNEL_H

#include "context.h"
#include "plan.h"
#include "unit.h"

#define FK_MAX 8
#define FK_MAX_MDEVS 32
#define FK_MAX_WRITES 64

struct fk_type {
	char id[64];
	unsigned int cost; /**< instances of the pool that one takes */
};

struct fk_parent {
	char id[64];
	char dir[160]; /**< its folder below the root */
	struct fk_type types[FK_MAX];
	size_t n_types;
	unsigned int pool; /**< instances left, for all types */
	bool going;
};

struct fk_mdev {
	char uuid[40]; /**< empty: the slot is free */
	size_t parent, type;
	int group;
	bool removing; /**< a removal is under way: the next one gets EAGAIN */
};

struct fake_kernel {
	char root[UT_PATH];
	struct gvm_ctx ctx;
	struct fk_parent parents[FK_MAX];
	size_t n_parents;
	struct fk_mdev mdevs[FK_MAX_MDEVS];
	int next_group;

	char writes[FK_MAX_WRITES][400]; /**< "VALUE > PATH", in order */
	size_t n_writes;
	char log[4096]; /**< what gvm logged */

	/* How it misbehaves. */
	const char *fail_at; /**< writes to this attribute fail ... */
	int fail_with;       /**< ... with this errno, positive */
	size_t fail_from;    /**< ... from this write on, counted from 0 */
	bool wrong_type;     /**< it makes a vGPU of the parent's first type, whatever is asked */
	bool silent;         /**< it takes writes and does nothing */
	bool deaf;           /**< its vGPUs take parameters and change nothing */
	const char *says;    /**< appended to /dev/kmsg on each write that fails */
	void (*before_write)(struct fake_kernel *fk, const char *path, const char *value);
	void *data;      /**< for before_write */
	size_t fail_nth; /**< this write alone, counted from 1, fails with fail_with */

	struct fake_pci *pci; /**< its PCI part, or NULL: fake_pci.h */
	int (*pci_write)(struct fake_kernel *fk, const char *path, const char *value);
};

/** @brief Begin: a root with our own process, a host and a store in it. @param fk result */
void fk_open(struct fake_kernel *fk);

/** @brief End. @param fk kernel */
void fk_close(struct fake_kernel *fk);

/** @brief Add a parent. @param fk kernel @param id PCI address (a display) or name @param pool instances @return its index */
size_t fk_add_parent(struct fake_kernel *fk, const char *id, unsigned int pool);

/** @brief Add a type. @param fk kernel @param parent index @param id of the type @param name full name @param cost instances of one @return its index */
size_t fk_add_type(struct fake_kernel *fk, size_t parent, const char *id, const char *name,
		   unsigned int cost);

/** @brief Take a parent away with its vGPUs, as a driver's unloading does. @param fk kernel @param parent index */
void fk_remove_parent(struct fake_kernel *fk, size_t parent);

/** @brief Make a vGPU behind gvm's back. @param fk kernel @param parent @param type indices @param uuid its */
void fk_make(struct fake_kernel *fk, size_t parent, size_t type, const char *uuid);

/** @brief The vGPU with a UUID. @param fk kernel @param uuid normal form @return it, or NULL */
struct fk_mdev *fk_find(struct fake_kernel *fk, const char *uuid);

/** @brief Add a process. @param fk kernel @param pid its id @param start its start time @param comm its command @param group it holds open, or -1 */
void fk_add_process(struct fake_kernel *fk, int pid, unsigned long start, const char *comm,
		    int group);

/** @brief Take a process away. @param fk kernel @param pid its id */
void fk_remove_process(struct fake_kernel *fk, int pid);

/** @brief Check what was written. @param fk kernel @param n which one, from 0 @param value expected @param end of the path expected */
void fk_assert_write(const struct fake_kernel *fk, size_t n, const char *value, const char *end);

/** @brief How much is noted as under way. @param fk kernel @return count @restriction none @sideeffect none @failure none */
int fk_n_notes(struct fake_kernel *fk);

#endif
