// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Binding. Interface: documented, kernel Documentation/ABI/testing/sysfs-bus-pci (driver_override,
 * drivers_probe, bind, unbind); observed with Linux 6.12, November 2026: an override that is set does
 * not touch the driver the function has, and a probe that binds nothing succeeds.
 */
#include "place.h"

#include <errno.h>
#include <string.h>

#include "iommu_group.h"
#include "json.h"
#include "module.h"
#include "str.h"
#include "wait.h"

#define DEVICES "/sys/bus/pci/devices"
#define DRIVERS "/sys/bus/pci/drivers"

/* A driver may take long to let a device go, or to start it: amdgpu and nvidia take seconds. */
#define BIND_TIMEOUT_MS 30000

/* Once the write has returned the driver is there, or will not come: observed, Linux 6.12. */
#define SEEN_TIMEOUT_MS 3000

#define MODULE_TIMEOUT_MS 30000

/* Longer than udev takes to load a driver. It may be busy with something else for ever. */
#define SETTLE_MS 5000

/* What the kernel shows when there is no override, and what takes one away. */
#define NO_OVERRIDE "(null)"
#define CLEAR_OVERRIDE "\n"

void gvm_function_read(struct gvm_ctx *ctx, struct gvm_function *f)
{
	char path[GVM_PATH_SIZE];

	memset(&f->now, 0, sizeof(f->now));
	f->group = -1;
	f->nodes = GVM_VFIO_NO_NODES;
	gvm_str_format(path, sizeof(path), DEVICES "/%s", f->address);
	f->gone = !gvm_host_exists(ctx->host, path);
	if (f->gone)
		return;
	gvm_driver_read(ctx->host, path, f->now.driver, f->now.override);
	f->vfio_has = gvm_vfio_bound(ctx->host, path, f->now.driver);
	f->group = gvm_iommu_group_of(ctx->host, path);
	if (f->vfio_has)
		gvm_vfio_nodes_find(ctx->host, path, f->group, &f->nodes);
}

int gvm_place_add(struct gvm_ctx *ctx, struct gvm_place *place, const char *address)
{
	struct gvm_function *f = &place->functions[place->n];
	struct gvm_vfio_driver vfio;
	int r;

	if (place->n == GVM_MAX_FUNCTIONS)
		return -E2BIG;
	memset(f, 0, sizeof(*f));
	r = gvm_str_copy(f->address, sizeof(f->address), address);
	if (r < 0)
		return r;
	gvm_function_read(ctx, f);
	if (f->gone)
		return -ENODEV;
	f->before = f->now;
	r = gvm_vfio_driver_find(ctx->host, address, &vfio);
	gvm_str_copy(f->vfio, sizeof(f->vfio), r == 0 ? vfio.driver : "vfio-pci");
	place->n++;
	return 0;
}

int gvm_load_module(struct gvm_ctx *ctx, const char *name)
{
	gvm_log(ctx, "load module %s", name);
	return gvm_module_load(ctx->host, name, MODULE_TIMEOUT_MS);
}

/** @brief Has udev nothing to do? @param data context @return 1 or 0 */
static int udev_is_idle(void *data)
{
	struct gvm_ctx *ctx = data;

	/* Is there while events are under way: observed, systemd 252 and 257, src/udev/udevd.c. */
	return !gvm_host_exists(ctx->host, "/run/udev/queue");
}

void gvm_place_settle(struct gvm_ctx *ctx)
{
	gvm_wait_until(SETTLE_MS, udev_is_idle, ctx);
}

int gvm_place_load(struct gvm_ctx *ctx, struct gvm_place *place, struct gvm_error *e)
{
	struct gvm_vfio_driver vfio;
	size_t i;
	int r;

	for (i = 0; i < place->n; i++) {
		struct gvm_function *f = &place->functions[i];

		r = gvm_vfio_driver_find(ctx->host, f->address, &vfio);
		if (r == 0 && vfio.loaded)
			continue;
		if (r == 0)
			r = gvm_load_module(ctx, vfio.module);
		if (r == 0)
			r = gvm_vfio_driver_find(ctx->host, f->address, &vfio);
		if (r < 0) {
			gvm_error_set(e, "GVM_E_MODULE", -r,
				      "cannot load the VFIO driver of %s: %s", f->address,
				      gvm_errno_name(r));
			GVM_ERROR_FIELD(e, object, "%s", f->address);
			return r;
		}
		gvm_str_copy(f->vfio, sizeof(f->vfio), vfio.driver);
	}
	return 0;
}

/** A step being written: the function it is for, and its plan. */
struct writer {
	const struct gvm_function *f;
	const char *object;
	struct gvm_plan *plan;
	struct gvm_error *e;
};

/** @brief Fill a condition on the function's driver. @param x condition @param f function @param driver it must have, empty: none */
static void expect_driver(struct gvm_expect *x, const struct gvm_function *f, const char *driver)
{
	x->kind = *driver ? GVM_EXPECT_LINK : GVM_EXPECT_ABSENT;
	gvm_str_format(x->path, sizeof(x->path), DEVICES "/%s/driver", f->address);
	gvm_str_copy(x->value, sizeof(x->value), driver);
}

/** @brief Fill a write of the function's address. @param w write @param f function @param path attribute */
static void write_address(struct gvm_write *w, const struct gvm_function *f, const char *path)
{
	gvm_str_copy(w->path, sizeof(w->path), path);
	gvm_str_copy(w->value, sizeof(w->value), f->address);
	/* In its child a driver that hangs does not take us along. */
	w->may_block = true;
}

/** @brief The attribute that binds or unbinds. @param path result @param driver its name @param verb "bind" or "unbind" */
static void driver_path(char path[GVM_PATH_SIZE], const char *driver, const char *verb)
{
	gvm_str_format(path, GVM_PATH_SIZE, DRIVERS "/%s/%s", driver, verb);
}

/** @brief Take a function from a driver. @param w writer @param driver it has @param undo give it back on failure @return 0 or -E2BIG */
static int unbind(struct writer *w, const char *driver, bool undo)
{
	char path[GVM_PATH_SIZE];
	struct gvm_step *s;
	int r = gvm_plan_step(w->plan, w->object, &s, w->e);

	if (r < 0)
		return r;
	driver_path(path, driver, "unbind");
	write_address(&s->write, w->f, path);
	expect_driver(&s->expect, w->f, "");
	s->wait_ms = BIND_TIMEOUT_MS;
	s->seen_ms = SEEN_TIMEOUT_MS;
	s->has_inverse = undo;
	driver_path(path, driver, "bind");
	write_address(&s->inverse, w->f, path);
	expect_driver(&s->inverse_expect, w->f, driver);
	gvm_str_format(s->reason, sizeof(s->reason), "take %s from driver %s", w->f->address,
		       driver);
	return 0;
}

/** @brief Fill the write of an override and what it then shows. @param write write @param x condition @param f function @param override it */
static void write_override(struct gvm_write *write, struct gvm_expect *x,
			   const struct gvm_function *f, const char *override)
{
	gvm_str_format(write->path, sizeof(write->path), DEVICES "/%s/driver_override", f->address);
	gvm_str_copy(write->value, sizeof(write->value), *override ? override : CLEAR_OVERRIDE);
	x->kind = GVM_EXPECT_TEXT;
	memcpy(x->path, write->path, sizeof(x->path));
	gvm_str_copy(x->value, sizeof(x->value), *override ? override : NO_OVERRIDE);
}

/** @brief Say which driver a function shall have. @param w writer @param override it @param undo back to what it is now @return 0 or -E2BIG */
static int override(struct writer *w, const char *override, bool undo)
{
	struct gvm_step *s;
	int r = gvm_plan_step(w->plan, w->object, &s, w->e);

	if (r < 0)
		return r;
	write_override(&s->write, &s->expect, w->f, override);
	s->wait_ms = BIND_TIMEOUT_MS;
	s->seen_ms = SEEN_TIMEOUT_MS;
	s->has_inverse = undo;
	write_override(&s->inverse, &s->inverse_expect, w->f, w->f->now.override);
	gvm_str_format(s->reason, sizeof(s->reason),
		       *override ? "let %s have driver %s only" : "let %s have any driver%s",
		       w->f->address, override);
	return 0;
}

/** @brief Give a function to a driver. @param w writer @param driver it @param undo take it back on failure @return 0 or -E2BIG */
static int probe(struct writer *w, const char *driver, bool undo)
{
	char path[GVM_PATH_SIZE];
	struct gvm_step *s;
	int r = gvm_plan_step(w->plan, w->object, &s, w->e);

	if (r < 0)
		return r;
	write_address(&s->write, w->f, "/sys/bus/pci/drivers_probe");
	expect_driver(&s->expect, w->f, driver);
	s->wait_ms = BIND_TIMEOUT_MS;
	s->seen_ms = SEEN_TIMEOUT_MS;
	s->has_inverse = undo;
	driver_path(path, driver, "unbind");
	write_address(&s->inverse, w->f, path);
	expect_driver(&s->inverse_expect, w->f, "");
	gvm_str_format(s->reason, sizeof(s->reason), "give %s to driver %s", w->f->address, driver);
	return 0;
}

int gvm_place_take(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
		   struct gvm_error *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < place->n && r == 0; i++) {
		const struct gvm_function *f = &place->functions[i];
		struct writer w = { f, object, plan, e };

		if (strcmp(f->now.driver, f->vfio) == 0)
			continue;
		/* In this order each step's undoing finds what it needs. */
		if (f->now.driver[0])
			r = unbind(&w, f->now.driver, true);
		if (r == 0 && strcmp(f->now.override, f->vfio) != 0)
			r = override(&w, f->vfio, true);
		if (r == 0)
			r = probe(&w, f->vfio, true);
	}
	return r;
}

/** @brief Does VFIO have the function by us? @param f function @return yes or no */
static bool is_ours(const struct gvm_function *f)
{
	return strcmp(f->now.driver, f->vfio) == 0 && strcmp(f->before.driver, f->vfio) != 0;
}

int gvm_place_give_back(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
			struct gvm_error *e)
{
	size_t i;
	int r = 0;

	/* First all of them go from VFIO: a driver that refuses its function does not keep the others. */
	for (i = 0; i < place->n && r == 0; i++) {
		const struct gvm_function *f = &place->functions[i];
		struct writer w = { f, object, plan, e };

		if (!f->gone && is_ours(f))
			r = unbind(&w, f->vfio, false);
		if (!f->gone && r == 0 && strcmp(f->now.override, f->before.override) != 0)
			r = override(&w, f->before.override, false);
	}
	for (i = 0; i < place->n && r == 0; i++) {
		const struct gvm_function *f = &place->functions[i];
		struct writer w = { f, object, plan, e };

		if (!f->gone && f->before.driver[0] && (is_ours(f) || !f->now.driver[0]))
			r = probe(&w, f->before.driver, false);
	}
	return r;
}

int gvm_place_to_default(const struct gvm_place *place, const char *object, struct gvm_plan *plan,
			 struct gvm_error *e)
{
	size_t i;
	int r = 0;

	for (i = 0; i < place->n && r == 0; i++) {
		const struct gvm_function *f = &place->functions[i];
		struct writer w = { f, object, plan, e };
		struct gvm_step *s;

		if (f->now.driver[0])
			r = unbind(&w, f->now.driver, true);
		if (r == 0)
			r = override(&w, "", true);
		if (r == 0)
			r = probe(&w, "", false);
		if (r < 0)
			break;
		/* Which driver comes is the kernel's choice, and there may be none. */
		s = &plan->steps[plan->n_steps - 1];
		write_override(&s->inverse, &s->expect, f, "");
		gvm_str_format(s->reason, sizeof(s->reason), "let %s find its driver", f->address);
	}
	return r;
}

struct json_object *gvm_place_json(const struct gvm_place *place)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; list && i < place->n; i++) {
		const struct gvm_function *f = &place->functions[i];
		struct json_object *o = json_object_new_object();

		json_object_object_add(o, "address", json_object_new_string(f->address));
		json_object_object_add(o, "vfio", json_object_new_string(f->vfio));
		json_object_object_add(o, "driver", json_object_new_string(f->before.driver));
		json_object_object_add(o, "override", json_object_new_string(f->before.override));
		json_object_array_add(list, o);
	}
	return list;
}

/** @brief Is this a driver's name that may become part of a path? @param text it @return yes or no */
static bool is_driver(const char *text)
{
	return !strchr(text, '/') && strcmp(text, ".") != 0 && strcmp(text, "..") != 0 &&
	       !strchr(text, '\n');
}

/** @brief Read one function. @param o object @param f result @return 0 or -EBADMSG */
static int parse_function(struct json_object *o, struct gvm_function *f)
{
	struct gvm_pci_addr address;
	char text[GVM_PCI_ADDR_SIZE];

	memset(f, 0, sizeof(*f));
	f->group = -1;
	f->nodes = GVM_VFIO_NO_NODES;
	if (!json_object_is_type(o, json_type_object) ||
	    gvm_json_str(o, "address", f->address, sizeof(f->address)) < 0 ||
	    gvm_pci_parse(f->address, &address) < 0 ||
	    gvm_json_str(o, "vfio", f->vfio, sizeof(f->vfio)) < 0 || !f->vfio[0] ||
	    gvm_json_str(o, "driver", f->before.driver, sizeof(f->before.driver)) < 0 ||
	    gvm_json_str(o, "override", f->before.override, sizeof(f->before.override)) < 0 ||
	    !is_driver(f->vfio) || !is_driver(f->before.driver) || !is_driver(f->before.override))
		return -EBADMSG;
	/* Only the kernel's spelling, which becomes a path. */
	gvm_pci_format(&address, text);
	return strcmp(text, f->address) == 0 ? 0 : -EBADMSG;
}

int gvm_place_parse(struct json_object *o, struct gvm_place *place)
{
	size_t i, n;
	int r = 0;

	if (!json_object_is_type(o, json_type_array))
		return -EBADMSG;
	n = json_object_array_length(o);
	if (n > GVM_MAX_FUNCTIONS)
		return -EBADMSG;
	for (i = 0; i < n && r == 0; i++)
		r = parse_function(json_object_array_get_idx(o, i), &place->functions[i]);
	place->n = n;
	return r;
}
