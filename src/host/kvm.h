/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file kvm.h
 * @brief Does KVM really run guests here?
 */
#ifndef GVM_HOST_KVM_H
#define GVM_HOST_KVM_H

#include "host.h"

/**
 * @brief Run one instruction in a throw-away virtual machine.
 *
 * That /dev/kvm exists, and even that it makes a machine, does not say that guests run: the
 * processor's virtualization may be missing below. Interface: documented, kernel
 * Documentation/virt/kvm/api.rst.
 * @param h machine
 * @return 0 when it ran, or a negative errno
 * @restriction x86-64; elsewhere making a virtual CPU must do
 * @sideeffect makes and removes a virtual machine of one page
 * @failure ENOENT without /dev/kvm, EACCES without the right, ENODEV when the processor cannot,
 *          EIO when the guest did not stop as it must, ETIMEDOUT when it did not stop
 *          at all, EROFS in a sysroot
 */
int gvm_kvm_works(struct gvm_host *h);

#endif
