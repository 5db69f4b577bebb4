/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file fake_pci.h
 * @brief PCI functions for the fake kernel: drivers, overrides, groups, virtual functions.
 *
 * Written from what the kernel does: Linux 7.3 drivers/base/bus.c, drivers/pci/pci-driver.c and
 * drivers/pci/iov.c, and what was observed with Linux 6.12 in November 2026. An override does not
 * touch a driver that is bound; a probe that binds nothing succeeds; unbind of what is not bound to
 * that driver is ENODEV, and of a driver that is not loaded ENOENT; VFs change through none only; an
 * override of a VF goes with it.
 */
#ifndef GVM_TEST_FAKE_PCI_H
#define GVM_TEST_FAKE_PCI_H

#include "fake_kernel.h"

#define FKP_MAX 16

struct fkp_function {
	char address[16]; /**< empty: the slot is free */
	char driver[40];
	char override[40];
	const char *natural; /**< the driver that takes it without override, or NULL */
	int group;
	bool virtual;
};

struct fake_pci {
	struct fkp_function functions[FKP_MAX];
	const char *drivers[8]; /**< those that are loaded */
	const char *pf;         /**< the one function with SR-IOV */
	unsigned int total, numvfs;
	bool autoprobe;
	const char *vf_natural; /**< driver of new VFs, or NULL */
	int first_group;        /**< of VF 0 */

	/* How it misbehaves. */
	const char *refuses;   /**< this driver's probe fails */
	bool stuck;            /**< unbind takes nothing away */
	unsigned int most_vfs; /**< no more appear, whatever was asked; 0: as asked */
};

/** @brief Let a fake kernel have PCI, and all generic vendors. @param fk open @param pci result */
void fkp_open(struct fake_kernel *fk, struct fake_pci *pci);

/** @brief Load a driver. @param fk kernel @param name it */
void fkp_add_driver(struct fake_kernel *fk, const char *name);

/**
 * @brief Add a function, bound to the driver that takes it.
 * @param fk kernel @param address @param class_id hex text @param natural its driver, or NULL @param group its
 */
void fkp_add(struct fake_kernel *fk, const char *address, const char *class_id, const char *natural,
	     int group);

/**
 * @brief Let a function have VFs.
 * @param fk kernel @param address of the PF @param total most @param natural driver of VFs, or NULL @param group of the first
 */
void fkp_add_sriov(struct fake_kernel *fk, const char *address, unsigned int total,
		   const char *natural, int group);

/** @brief The function at an address. @param fk kernel @param address it @return it, or NULL */
struct fkp_function *fkp_find(struct fake_kernel *fk, const char *address);

/** @brief Bind behind gvm's back. @param fk kernel @param address function @param driver name or NULL @param override text, empty: none */
void fkp_bind(struct fake_kernel *fk, const char *address, const char *driver,
	      const char *override);

/** @brief Change the number of VFs behind gvm's back, from or to none. @param fk kernel @param n how many */
void fkp_set_vfs(struct fake_kernel *fk, unsigned int n);

/** @brief Check how a function is bound. @param fk kernel @param address it @param driver expected, empty: none @param override expected, empty: none */
void fkp_assert(struct fake_kernel *fk, const char *address, const char *driver,
		const char *override);

/** The kernel, and its PCI, of one test. */
struct fkp_room {
	struct fake_kernel fk;
	struct fake_pci pci;
};

/** @brief End it: for cmocka. @param state address of a struct fkp_room from malloc(3) @return 0
 *  @restriction none @sideeffect frees it @failure none */
int fkp_teardown(void **state);

#endif
