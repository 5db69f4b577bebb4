# SPDX-License-Identifier: GPL-2.0-or-later
# What a new maker adds to src/registry.c: his header, and his line in the list of vendors.
/^#include "store_fs.h"/a\
#include "toy.h"
/^static const struct gvm_vendor .*vendors\[\] = {/a\
	&gvm_vendor_toy,
