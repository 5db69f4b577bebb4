// SPDX-License-Identifier: GPL-2.0-or-later
#include "pci_config.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <string.h>

#include "cleanup.h"
#include "str.h"

/* Not in the headers of every system that GVM is built on. */
#define EXT_CAP_VF_REBAR 0x24
#define FIRST_CAP 0x40
#define POINTER_MASK 0xfcU
#define NO_ID 0xff

/** A decoding under way. */
struct reader {
	gvm_pci_read_fn fn;
	void *data;
	struct gvm_pci_config *c;
	int error;                              /* the first one */
	uint8_t seen[GVM_PCI_CONFIG_SIZE / 32]; /* a bit for each four bytes */
};

/** @brief Read 32 bits. @param r reader @param offset multiple of four @return value; 0 behind the end and after an error */
static uint32_t get32(struct reader *r, unsigned int offset)
{
	uint32_t value = 0;
	int err = -ENODATA;

	if (r->error)
		return 0;
	if (offset <= GVM_PCI_CONFIG_SIZE - 4)
		err = r->fn(r->data, offset, &value);
	if (err == -ENODATA)
		r->c->truncated = true;
	else
		r->error = err;
	return err ? 0 : value;
}

/** @brief Read 16 bits. @param r reader @param offset even @return value */
static uint16_t get16(struct reader *r, unsigned int offset)
{
	return (uint16_t)(get32(r, offset & ~3U) >> (offset & 2) * 8);
}

/** @brief Note that the list leads to a place. @param r reader @param offset place @return false when it led there before */
static bool first_visit(struct reader *r, unsigned int offset)
{
	uint8_t *byte = &r->seen[offset / 32], bit = (uint8_t)(1 << offset / 4 % 8);
	bool seen = *byte & bit;

	*byte |= bit;
	return !seen;
}

/** @brief Read the header. @param r reader @return 0 or -errno */
static int read_header(struct reader *r)
{
	struct gvm_pci_config *c = r->c;
	uint32_t ids = get32(r, PCI_VENDOR_ID), revision = get32(r, PCI_CLASS_REVISION);
	uint32_t types = get32(r, PCI_CACHE_LINE_SIZE), type = types >> 16 & 0xff;
	uint32_t subsystem = get32(r, PCI_SUBSYSTEM_VENDOR_ID);

	/* Its last bytes: is the header whole? */
	get32(r, PCI_INTERRUPT_LINE);
	if (r->error)
		return r->error;
	if (c->truncated)
		return -ENODATA;
	/* The ids alone are all ones in a VF: its PF has them. */
	if (ids == UINT32_MAX && revision == UINT32_MAX && types == UINT32_MAX)
		return -ENODEV;
	c->vendor = (uint16_t)ids;
	c->device = (uint16_t)(ids >> 16);
	c->class_id = revision >> 8;
	c->revision = (uint8_t)revision;
	c->multifunction = type & 0x80;
	c->header_type = type & 0x7f;
	if (c->header_type > PCI_HEADER_TYPE_CARDBUS || c->vendor == 0)
		return -EBADMSG;
	if (c->header_type == PCI_HEADER_TYPE_NORMAL) {
		c->subsystem_vendor = (uint16_t)subsystem;
		c->subsystem_device = (uint16_t)(subsystem >> 16);
	}
	return 0;
}

/** @brief Follow the list of capabilities. @param r reader */
static void read_caps(struct reader *r)
{
	struct gvm_pci_config *c = r->c;
	unsigned int at = c->header_type == PCI_HEADER_TYPE_CARDBUS ? PCI_CB_CAPABILITY_LIST
								    : PCI_CAPABILITY_LIST;
	uint32_t head;

	if (!(get16(r, PCI_STATUS) & PCI_STATUS_CAP_LIST))
		return;
	at = get32(r, at) & POINTER_MASK;
	while (at) {
		if (at < FIRST_CAP || !first_visit(r, at) || c->n_caps == GVM_PCI_MAX_CAPS) {
			c->damaged = true;
			return;
		}
		head = get32(r, at);
		if (r->error || c->truncated)
			return;
		if ((head & 0xff) == NO_ID) {
			c->damaged = true;
			return;
		}
		c->caps[c->n_caps++] =
			(struct gvm_pci_cap){ .id = head & 0xff, .offset = (uint16_t)at };
		at = head >> 8 & POINTER_MASK;
	}
}

/** @brief Follow the list of extended capabilities, which stands at a fixed place. @param r reader */
static void read_ext_caps(struct reader *r)
{
	struct gvm_pci_config *c = r->c;
	unsigned int at = GVM_PCI_CONFIG_OLD;
	uint32_t head;

	while (at) {
		if (at < GVM_PCI_CONFIG_OLD || !first_visit(r, at) ||
		    c->n_ext_caps == GVM_PCI_MAX_EXT_CAPS) {
			c->damaged = true;
			return;
		}
		head = get32(r, at);
		/* No list: none of it is there, or the bridge above does not pass it on. */
		if (r->error || head == 0 || head == UINT32_MAX)
			return;
		c->ext_caps[c->n_ext_caps++] = (struct gvm_pci_cap){
			.id = (uint16_t)PCI_EXT_CAP_ID(head),
			.offset = (uint16_t)at,
			.version = PCI_EXT_CAP_VER(head),
		};
		at = PCI_EXT_CAP_NEXT(head);
	}
}

/** @brief PCI Express itself, and the reset of one function. @param r reader */
static void read_pcie(struct reader *r)
{
	struct gvm_pci_config *c = r->c;
	const struct gvm_pci_cap *exp = gvm_pci_find_cap(c, false, PCI_CAP_ID_EXP);
	const struct gvm_pci_cap *af = gvm_pci_find_cap(c, false, PCI_CAP_ID_AF);
	uint16_t flags;

	if (af)
		c->flr = get32(r, af->offset) >> 24 & PCI_AF_CAP_FLR;
	if (!exp)
		return;
	flags = get16(r, exp->offset + PCI_EXP_FLAGS);
	c->pcie = true;
	c->pcie_type = (flags & PCI_EXP_FLAGS_TYPE) >> 4;
	if (get32(r, exp->offset + PCI_EXP_DEVCAP) & PCI_EXP_DEVCAP_FLR)
		c->flr = true;
	/* The bit means something only for ports that lead down. */
	if (flags & PCI_EXP_FLAGS_SLOT &&
	    (c->pcie_type == PCI_EXP_TYPE_ROOT_PORT || c->pcie_type == PCI_EXP_TYPE_DOWNSTREAM)) {
		c->has_slot = true;
		c->slot = (uint16_t)(get32(r, exp->offset + PCI_EXP_SLTCAP) >> 19);
	}
}

/** @brief Single Root I/O Virtualization. @param r reader @param at offset of the capability */
static void read_sriov(struct reader *r, unsigned int at)
{
	r->c->sriov = (struct gvm_pci_sriov){
		.present = true,
		.enabled = get16(r, at + PCI_SRIOV_CTRL) & PCI_SRIOV_CTRL_VFE,
		.initial_vfs = get16(r, at + PCI_SRIOV_INITIAL_VF),
		.total_vfs = get16(r, at + PCI_SRIOV_TOTAL_VF),
		.num_vfs = get16(r, at + PCI_SRIOV_NUM_VF),
		.vf_offset = get16(r, at + PCI_SRIOV_VF_OFFSET),
		.vf_stride = get16(r, at + PCI_SRIOV_VF_STRIDE),
		.vf_device = get16(r, at + PCI_SRIOV_VF_DID),
	};
}

/**
 * @brief Resizable BARs: how many stands in the first one's control register.
 * @param r reader @param at offset of the capability @param bars result @return how many
 */
static size_t read_rebars(struct reader *r, unsigned int at,
			  struct gvm_pci_rebar bars[GVM_PCI_BARS])
{
	size_t n = get32(r, at + PCI_REBAR_CTRL) >> 5 & 7, i;
	uint32_t can, control;

	if (n > GVM_PCI_BARS) {
		r->c->damaged = true;
		return 0;
	}
	for (i = 0; i < n; i++, at += 8) {
		can = get32(r, at + PCI_REBAR_CAP);
		control = get32(r, at + PCI_REBAR_CTRL);
		if ((control & 7) >= GVM_PCI_BARS || (control >> 8 & 0x3f) > 43) {
			r->c->damaged = true;
			return i;
		}
		bars[i] = (struct gvm_pci_rebar){
			.bar = control & 7,
			/* 1 MiB to 128 TiB, and from there to 8 EiB. */
			.sizes = can >> 4 | (uint64_t)(control >> 16) << 28,
			.bytes = 1ULL << 20 << (control >> 8 & 0x3f),
		};
	}
	return n;
}

/** @brief What the extended capabilities hold. @param r reader */
static void read_ext(struct reader *r)
{
	struct gvm_pci_config *c = r->c;
	const struct gvm_pci_cap *cap;

	c->ari = gvm_pci_find_cap(c, true, PCI_EXT_CAP_ID_ARI);
	cap = gvm_pci_find_cap(c, true, PCI_EXT_CAP_ID_DSN);
	if (cap) {
		c->serial = get32(r, cap->offset + 4U) | (uint64_t)get32(r, cap->offset + 8U) << 32;
		c->has_serial = true;
	}
	cap = gvm_pci_find_cap(c, true, PCI_EXT_CAP_ID_ACS);
	if (cap) {
		c->acs.present = true;
		c->acs.can = get16(r, cap->offset + PCI_ACS_CAP);
		c->acs.does = get16(r, cap->offset + PCI_ACS_CTRL);
	}
	cap = gvm_pci_find_cap(c, true, PCI_EXT_CAP_ID_SRIOV);
	if (cap)
		read_sriov(r, cap->offset);
	cap = gvm_pci_find_cap(c, true, PCI_EXT_CAP_ID_REBAR);
	if (cap)
		c->n_rebars = read_rebars(r, cap->offset, c->rebars);
	cap = gvm_pci_find_cap(c, true, EXT_CAP_VF_REBAR);
	if (cap)
		c->n_vf_rebars = read_rebars(r, cap->offset, c->vf_rebars);
}

int gvm_pci_config_decode(gvm_pci_read_fn fn, void *data, struct gvm_pci_config *ret)
{
	struct gvm_pci_config c = { 0 };
	struct reader r = { .fn = fn, .data = data, .c = &c };
	int err = read_header(&r);

	if (err < 0)
		return err;
	read_caps(&r);
	read_pcie(&r);
	/* Only PCI Express has them, and some old bridges repeat the first 256 bytes there. */
	if (c.pcie)
		read_ext_caps(&r);
	read_ext(&r);
	if (r.error)
		return r.error;
	*ret = c;
	return 0;
}

/** Bytes in memory. */
struct bytes {
	const uint8_t *data;
	size_t size;
};

/** @brief Take four of them. @param data struct bytes @param offset place @param value result @return 0 or -ENODATA */
static int from_bytes(void *data, unsigned int offset, uint32_t *value)
{
	const struct bytes *b = data;

	if (b->size < 4 || offset > b->size - 4)
		return -ENODATA;
	memcpy(value, b->data + offset, 4);
	*value = le32toh(*value);
	return 0;
}

int gvm_pci_config_parse(const void *data, size_t size, struct gvm_pci_config *ret)
{
	struct bytes b = { data, size };

	return gvm_pci_config_decode(from_bytes, &b, ret);
}

/** @brief Read four bytes of a file. @param data descriptor @param offset place @param value result @return 0, -ENODATA or -errno */
static int from_file(void *data, unsigned int offset, uint32_t *value)
{
	ssize_t n = pread(*(int *)data, value, sizeof(*value), offset);

	if (n < 0)
		return -errno;
	if (n < (ssize_t)sizeof(*value))
		return -ENODATA;
	*value = le32toh(*value);
	return 0;
}

int gvm_pci_config_read(struct gvm_host *h, const char *address, struct gvm_pci_config *ret)
{
	GVM_AUTOCLOSE int fd = -1;
	char path[GVM_PATH_SIZE];
	int r = gvm_str_format(path, sizeof(path), "/sys/bus/pci/devices/%s/config", address);

	if (r < 0)
		return r;
	fd = gvm_host_at(h, path, O_RDONLY | O_NONBLOCK);
	return fd < 0 ? fd : gvm_pci_config_decode(from_file, &fd, ret);
}

const struct gvm_pci_cap *gvm_pci_find_cap(const struct gvm_pci_config *c, bool extended,
					   unsigned int id)
{
	const struct gvm_pci_cap *caps = extended ? c->ext_caps : c->caps;
	size_t i, n = extended ? c->n_ext_caps : c->n_caps;

	for (i = 0; i < n; i++)
		if (caps[i].id == id)
			return &caps[i];
	return NULL;
}
