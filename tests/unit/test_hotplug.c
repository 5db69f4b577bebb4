// SPDX-License-Identifier: GPL-2.0-or-later
/* A peer that answers like a QEMU with a few ports: attaching and detaching, and all that goes wrong. */
#include "unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backend.h"
#include "hotplug.h"
#include "wait.h"

#define RETURN(what) "{\"return\": " what "}\r\n"
#define OK RETURN("{}")
#define REFUSE(words) "{\"error\": {\"class\": \"GenericError\", \"desc\": \"" words "\"}}\r\n"
#define EVENT(name, device)                                                                        \
	"{\"event\": \"" name "\", \"data\": {\"path\": \"/machine/peripheral/" device             \
	"\"}, \"timestamp\": {\"seconds\": 1, \"microseconds\": 2}}\r\n"
#define SYSFS "/sys/bus/mdev/devices/"
#define CHILD(name, type) "{\"name\": \"" name "\", \"type\": \"child<" type ">\"}"
#define ROOT(name) CHILD(name, "pcie-root-port") ", "
#define WINDOW(range) "{\"base\": " range "}"
#define LIMIT ", \"limit\": "
#define MEMORY WINDOW("4260364288" LIMIT "4262461439")
#define BUS(n, range)                                                                              \
	"\"bus\": {\"secondary\": " n ", \"memory_range\": " MEMORY                                \
	", \"prefetchable_range\": " WINDOW(range) "}"
#define PORT(id, n, range) "{\"qdev_id\": \"" id "\", \"pci_bridge\": {" BUS(n, range) "}}"
#define PORT0 PORT("port0", "1", "4000000000" LIMIT "4000000001")
#define PORT1 PORT("port1", "2", "4194304000" LIMIT "4196401151")
#define PORT2 PORT("port2", "4", "4026531840" LIMIT "4093640703")
#define PORT3 PORT("port3", "3", "3758096384" LIMIT "4026531839")

/** What a request holds, and what is answered; the first that matches counts. */
struct reply {
	const char *request, *answer;
};

/** The peer: a connected pair of sockets has no greeting to take, so it listens. */
struct peer {
	char dir[UT_PATH], path[UT_PATH];
	int listener, quit[2];
	const struct reply *mine; /* of the test; then those that all have */
	pthread_t thread;
	char heard[8192]; /* all requests */
	struct gvm_qmp *q;
	struct gvm_ctx ctx;
};

/* port0 has a vGPU, port1 has 2 MiB, port2 64, port3 256; port4 takes nothing. */
static const struct reply usual[] = {
	{ "qmp_capabilities", OK },
	{ "\"qom-list\",\"arguments\":{\"path\":\"/machine/peripheral\"}",
	  RETURN("[" ROOT("port0") ROOT("port3") ROOT("port1") ROOT("port2") ROOT("port4")
			 CHILD("vgpu0", "vfio-pci") ", " CHILD("net0", "virtio-net-pci") "]") },
	{ "/machine/peripheral-anon\"}", RETURN("[" CHILD("device[0]", "vfio-pci") "]") },
	{ "/machine/peripheral/port0/port0\"}",
	  RETURN("[{\"name\": \"child[0]\", \"type\": \"link<vfio-pci>\"}]") },
	{ "/port4\",\"property\":\"hotplug-handler", RETURN("\"\"") },
	{ "\"property\":\"hotplug-handler", RETURN("\"/machine/unattached/device[3]\"") },
	{ "\"qom-list\"", RETURN("[{\"name\": \"realized\", \"type\": \"bool\"}]") },
	{ "query-pci",
	  RETURN("[{\"devices\": [{}, " PORT0 ", " PORT1 ", " PORT3 ", " PORT2 "]}]") },
	{ "\"device_add\"", OK },
	{ "vgpu1\",\"property\":\"sysfsdev", RETURN("\"" SYSFS UT_UUID_2 "\"") },
	{ "vgpu1\",\"property\":\"parent_bus", RETURN("\"/machine/peripheral/port2/port2\"") },
	{ "vgpu0\",\"property\":\"sysfsdev", RETURN("\"" SYSFS UT_UUID_1 "\"") },
	{ "vgpu0\",\"property\":\"parent_bus", RETURN("\"/machine/peripheral/port0/port0\"") },
	{ "device[0]\",\"property\":\"sysfsdev", RETURN("\"/sys/bus/pci/devices/0000:01:00.1\"") },
	{ "device[0]\",\"property\":\"parent_bus", RETURN("\"/machine/q35/pcie.0\"") },
	{ "query-status", RETURN("{\"status\": \"running\", \"running\": true}") },
	{ NULL, REFUSE("not found") },
};

/** @brief Send an answer. @param fd connection @param p peer @param line request */
static void answer(int fd, const struct peer *p, const char *line)
{
	static const struct reply none[] = { { NULL, NULL } };
	const struct reply *r = p->mine ? p->mine : none;

	while (r->request && !strstr(line, r->request))
		r++;
	for (r = r->request ? r : usual; r->request && !strstr(line, r->request);)
		r++;
	if (send(fd, r->answer, strlen(r->answer), MSG_NOSIGNAL) < 0)
		return;
}

/** @brief Serve one client until it goes. @param data peer @return NULL */
static void *serve(void *data)
{
	struct peer *p = data;
	struct pollfd f[2] = { { p->listener, POLLIN, 0 }, { p->quit[0], POLLIN | POLLHUP, 0 } };
	static const char greeting[] = "{\"QMP\": {}}\r\n";
	char line[2048];
	size_t n = 0;

	if (poll(f, 2, 10000) <= 0 || f[1].revents)
		return NULL;
	f[0].fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	if (send(f[0].fd, greeting, strlen(greeting), MSG_NOSIGNAL) < 0)
		return NULL;
	while (poll(f, 2, 20000) > 0 && !f[1].revents && n + 1 < sizeof(line) &&
	       read(f[0].fd, line + n, 1) == 1) {
		/* Slashes may come escaped. */
		if (line[n] == '\\' || line[n++] != '\n')
			continue;
		line[n] = '\0';
		strncat(p->heard, line, sizeof(p->heard) - strlen(p->heard) - 1);
		if (p->mine && strcmp(p->mine->request, "hang up") == 0 &&
		    strstr(line, p->mine->answer))
			break;
		answer(f[0].fd, p, line);
		n = 0;
	}
	close(f[0].fd);
	return NULL;
}

/** @brief Make a folder with a listening socket. @param state peer @return 0 */
static int setup(void **state)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	ut_dir_make(p->dir);
	ut_path(p->path, p->dir, "s");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%.100s", p->path);
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	*state = p;
	return pipe2(p->quit, O_CLOEXEC) < 0 || gvm_host_open(p->dir, &p->ctx.host, NULL) < 0 ||
	       bind(p->listener, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	       listen(p->listener, 0) < 0;
}

/** @brief End the peer. @param state peer @return 0 */
static int teardown(void **state)
{
	struct peer *p = *state;

	gvm_qmp_close(p->q);
	close(p->quit[1]);
	pthread_join(p->thread, NULL);
	close(p->quit[0]);
	close(p->listener);
	gvm_host_close(p->ctx.host);
	ut_dir_remove(p->dir);
	free(p);
	return 0;
}

/** @brief Let the peer serve, and connect. @param state peer @param mine answers before the usual ones, or NULL @return peer */
static struct peer *start(void **state, const struct reply *mine)
{
	struct peer *p = *state;

	p->mine = mine;
	assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
	assert_int_equal(gvm_qmp_open(p->path, 5000, &p->q, NULL), 0);
	return p;
}

/** @brief A vGPU with one prefetchable BAR of 32 bits, and a small one that is not. @param mib of the first @return how a VM takes it */
static struct gvm_attach_spec spec_of(unsigned int mib)
{
	struct gvm_attach_spec s = { .name = "desk2", .path = SYSFS UT_UUID_2 };

	s.needs.bars[0] = (struct gvm_bar){ (uint64_t)mib << 20, true, false };
	s.needs.bars[2] = (struct gvm_bar){ 4096, false, false };
	return s;
}

/** @brief It goes into the smallest port that is empty, hot-pluggable and large enough, and is read back. @param state peer */
static void plugs(void **state)
{
	struct peer *p = start(state, NULL);
	struct gvm_attach_spec spec = spec_of(16);
	struct gvm_plug plug = { .device = "" };
	struct gvm_error e = { 0 };

	if (gvm_qemu_plug(p->q, "demo", &spec, "", 5000, true, &plug, &e) < 0)
		fail_msg("%s", e.message);
	assert_null(strstr(p->heard, "device_add"));
	assert_string_equal(plug.port, "port2");
	if (gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e) < 0)
		fail_msg("%s", e.message);
	assert_string_equal(plug.device, "vgpu1");
	assert_string_equal(plug.port, "port2");
	ut_assert_holds(p->heard,
			"{\"execute\":\"device_add\",\"arguments\":{\"driver\":\"vfio-pci\","
			"\"id\":\"vgpu1\",\"bus\":\"port2\",\"addr\":\"0\",\"sysfsdev\":\"");
	assert_null(strstr(p->heard, "iommufd"));
	ut_assert_holds(p->heard, "\"display\":\"off\"}");
	ut_assert_holds(p->heard, "\"property\":\"parent_bus\"");
}

/** @brief A device's own node goes to a VM that has an iommufd, its group to one that has none. @param state peer */
static void iommufd(void **state)
{
	struct peer *p = start(state, NULL);
	struct gvm_attach_spec spec = spec_of(16);
	struct gvm_plug plug = { .device = "" };
	char id[GVM_NAME_SIZE] = "x";
	struct gvm_error e = { 0 };

	ut_mkdir(p->dir, &(SYSFS UT_UUID_2 "/vfio-dev/vfio3")[1]);
	assert_int_equal(gvm_qemu_backend_of(&p->ctx, p->q, "demo", &spec, id, &e), 0);
	assert_string_equal(id, "");
	/* It is not even asked where there is nothing to choose. */
	assert_null(strstr(p->heard, "/objects"));
	ut_write(p->dir, "dev/vfio/devices/vfio3", "%s", "");
	assert_int_equal(gvm_qemu_backend_of(&p->ctx, p->q, "demo", &spec, id, &e), -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_VFIO_NODE", EOPNOTSUPP);
	ut_assert_holds(e.message, "desk2");
	ut_link(p->dir, &(SYSFS UT_UUID_2 "/iommu_group")[1],
		"../../../../kernel/iommu_groups/12");
	ut_write(p->dir, "dev/vfio/12", "%s", "");
	assert_int_equal(gvm_qemu_backend_of(&p->ctx, p->q, "demo", &spec, id, &e), 0);
	assert_string_equal(id, "");
	p->mine = (const struct reply[]){
		{ "\"/objects\"", RETURN("[" CHILD("ram", "memory-backend-ram") ", " CHILD(
					  "iommufd0", "iommufd") "]") },
		{ NULL, NULL }
	};
	assert_int_equal(gvm_qemu_backend_of(&p->ctx, p->q, "demo", &spec, id, &e), 0);
	assert_string_equal(id, "iommufd0");
	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, id, 5000, false, &plug, &e), 0);
	ut_assert_holds(p->heard, "\"addr\":\"0\",\"iommufd\":\"iommufd0\",\"sysfsdev\":\"");
	p->mine = NULL;
}

/** @brief One with a picture comes without it, because with it it could not go again. @param state peer */
static void picture(void **state)
{
	static const struct reply mine[] = { { "vgpu0\",\"property\":\"display", RETURN("\"on\"") },
					     { NULL, NULL } };
	struct peer *p = start(state, mine);
	struct gvm_vgpu vgpu = { .name = "desk1", .uuid = UT_UUID_1, .group = -1 };
	struct gvm_attach_spec spec = spec_of(64);
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	spec.display = GVM_DISPLAY_REGION;
	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, NULL), 0);
	assert_string_equal(plug.port, "port2");
	ut_assert_holds(p->heard, "\"display\":\"off\"}");
	assert_int_equal(gvm_qemu_unplug(&p->ctx, p->q, "demo", &vgpu, 100, false, &plug, &e),
			 -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_NOT_UNPLUGGABLE", EOPNOTSUPP);
	ut_assert_holds(e.message, "picture");
	assert_null(strstr(p->heard, "device_del"));
}

/** @brief What is too large is told with sizes, and with a port that would do. @param state peer */
static void too_large(void **state)
{
	struct peer *p = start(state, NULL);
	struct gvm_attach_spec spec = spec_of(512);
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_PORT_TOO_SMALL", ENOSPC);
	ut_assert_holds(e.message, "desk2 needs 512 MiB of prefetchable");
	ut_assert_holds(e.message, "port3 of VM demo has 256 MiB");
	ut_assert_holds(e.hint, "pref64-reserve=512M");
	spec = spec_of(1);
	spec.needs.bars[2].size = 4 << 20;
	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, true, &plug, &e), -ENOSPC);
	ut_assert_holds(e.message, "needs 4 MiB of memory addresses");
	ut_assert_holds(e.hint, "mem-reserve=4M");
	assert_null(strstr(p->heard, "device_add"));
}

/** @brief No port, or all of them used. @param state peer */
static void no_port(void **state)
{
	static const struct reply mine[] = {
		{ "{\"path\":\"/machine/peripheral\"}",
		  RETURN("[" CHILD("port0", "pcie-root-port") "," CHILD("port4",
									"pcie-root-port") "]") },
		{ NULL, NULL }
	};
	struct peer *p = start(state, mine);
	struct gvm_attach_spec spec = spec_of(1);
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e), -ENOSPC);
	ut_assert_error(&e, "GVM_E_NO_PORT", ENOSPC);
	assert_string_equal(e.object, "demo");
}

/** @brief QEMU's own words when it refuses the device. @param state peer */
static void add_refused(void **state)
{
	static const struct reply mine[] = {
		{ "\"device_add\"", REFUSE("vfio 1: group 7 is not viable") }, { NULL, NULL }
	};
	struct peer *p = start(state, mine);
	struct gvm_attach_spec spec = spec_of(1);
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e),
			 -EREMOTEIO);
	assert_string_equal(e.code, "GVM_E_QMP_REFUSED");
	ut_assert_holds(e.message, "group 7 is not viable");
	ut_assert_holds(e.step, "desk2");
	assert_null(strstr(p->heard, "device_del"));
}

/** @brief QEMU says yes and has another device there: it is taken out again. @param state peer */
static void add_not_seen(void **state)
{
	static const struct reply mine[] = {
		{ "vgpu1\",\"property\":\"sysfsdev", RETURN("\"/sys/other\"") }, { NULL, NULL }
	};
	struct peer *p = start(state, mine);
	struct gvm_attach_spec spec = spec_of(1);
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e), -EIO);
	ut_assert_error(&e, "GVM_E_NOT_SEEN", EIO);
	ut_assert_holds(p->heard, "\"device_del\"");
}

/** @brief Answers that are none. @param state peer */
static void nonsense(void **state)
{
	static const struct reply mine[] = { { "qom-list", RETURN("{\"a\": [1]}") },
					     { NULL, NULL } };
	struct peer *p = start(state, mine);
	struct gvm_attach_spec spec = spec_of(1);
	struct gvm_vgpu vgpu = { .name = "desk1", .uuid = UT_UUID_1, .group = -1 };
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 5000, false, &plug, &e), -EPROTO);
	ut_assert_error(&e, "GVM_E_QMP_ANSWER", EPROTO);
	assert_int_equal(gvm_qemu_unplug(&p->ctx, p->q, "demo", &vgpu, 100, false, &plug, &e),
			 -EPROTO);
}

/** @brief Detach desk1, which is vgpu0 in port0. @param p peer @param timeout_ms for the guest @param dry or not @param e error @return of it */
static int unplug(struct peer *p, unsigned int timeout_ms, bool dry, struct gvm_error *e)
{
	struct gvm_vgpu vgpu = { .name = "desk1", .uuid = UT_UUID_1, .group = -1 };
	struct gvm_plug plug = { .device = "" };
	int r = gvm_qemu_unplug(&p->ctx, p->q, "demo", &vgpu, timeout_ms, dry, &plug, e);

	assert_string_equal(plug.device, "vgpu0");
	assert_string_equal(plug.port, "port0");
	return r;
}

/** @brief The guest gives it back: the event may come before QEMU's answer, or after, among others. @param state peer */
static void deleted_before(void **state)
{
	static const struct reply mine[] = {
		{ "\"device_del\"", EVENT("DEVICE_DELETED", "vgpu0") OK }, { NULL, NULL }
	};
	struct peer *p = start(state, mine);
	struct gvm_error e = { 0 };

	assert_int_equal(unplug(p, 5000, true, &e), 0);
	assert_null(strstr(p->heard, "device_del"));
	assert_int_equal(unplug(p, 5000, false, &e), 0);
	ut_assert_holds(p->heard, "{\"id\":\"/machine/peripheral/vgpu0\"}");
}

/** @brief See deleted_before(). @param state peer */
static void deleted_after(void **state)
{
	static const struct reply mine[] = {
		{ "\"device_del\"",
		  EVENT("DEVICE_DELETED", "vgpu1") EVENT("DEVICE_UNPLUG_GUEST_ERROR", "vgpu1") OK
		  "{\"event\": \"STOP\"}\r\n{\"event\": \"RESUME\", \"data\": 7}\r\n" EVENT(
			  "DEVICE_DELETED", "vgpu0") },
		{ NULL, NULL }
	};

	assert_int_equal(unplug(start(state, mine), 5000, false, NULL), 0);
}

/** @brief It was asked for before, and comes now. @param state peer */
static void asked_before(void **state)
{
	static const struct reply mine[] = {
		{ "\"device_del\"", REFUSE("Device vgpu0 is already in the process of unplug")
					    EVENT("DEVICE_DELETED", "vgpu0") },
		{ NULL, NULL }
	};

	assert_int_equal(unplug(start(state, mine), 5000, false, NULL), 0);
}

/** @brief The guest refuses. @param state peer */
static void guest_refuses(void **state)
{
	static const struct reply mine[] = {
		{ "\"device_del\"", OK EVENT("DEVICE_UNPLUG_GUEST_ERROR", "vgpu0") }, { NULL, NULL }
	};
	struct gvm_error e = { 0 };

	assert_int_equal(unplug(start(state, mine), 5000, false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_UNPLUG_REFUSED", EBUSY);
	assert_string_equal(e.object, "desk1");
}

/** @brief QEMU refuses. @param state peer */
static void del_refused(void **state)
{
	static const struct reply mine[] = { { "\"device_del\"", REFUSE("guest is busy") },
					     { NULL, NULL } };
	struct gvm_error e = { 0 };

	assert_int_equal(unplug(start(state, mine), 5000, false, &e), -EREMOTEIO);
	assert_string_equal(e.code, "GVM_E_QMP_REFUSED");
	ut_assert_holds(e.message, "guest is busy");
}

/** @brief A paused guest is not asked at all: else the vGPU would go later, unexpected. @param state peer */
static void paused(void **state)
{
	static const struct reply mine[] = {
		{ "query-status", RETURN("{\"status\": \"paused\", \"running\": false}") },
		{ "\"device_del\"", OK },
		{ NULL, NULL }
	};
	struct peer *p = start(state, mine);
	struct gvm_error e = { 0 };

	assert_int_equal(unplug(p, 5000, false, &e), -EBUSY);
	ut_assert_error(&e, "GVM_E_UNPLUG_PAUSED", EBUSY);
	ut_assert_holds(e.message, "(paused)");
	assert_null(strstr(p->heard, "device_del"));
}

/** @brief A guest that runs and says nothing is given up in time. @param state peer */
static void silent(void **state)
{
	static const struct reply mine[] = { { "\"device_del\"", OK }, { NULL, NULL } };
	struct gvm_error e = { 0 };
	int64_t begin = gvm_clock_ms();

	assert_int_equal(unplug(start(state, mine), 200, false, &e), -ETIMEDOUT);
	ut_assert_error(&e, "GVM_E_UNPLUG_SILENT", ETIMEDOUT);
	assert_in_range(gvm_clock_ms() - begin, 199, 2000);
}

/** @brief A QEMU that takes longer for a device than it has may still take it. @param state peer */
static void slow(void **state)
{
	static const struct reply mine[] = { { "\"device_add\"", "" }, { NULL, NULL } };
	struct gvm_attach_spec spec = { .name = "desk2", .path = SYSFS UT_UUID_2 };
	struct gvm_plug plug = { .port = "" };
	struct gvm_error e = { 0 };
	struct peer *p = start(state, mine);

	assert_int_equal(gvm_qemu_plug(p->q, "demo", &spec, "", 200, false, &plug, &e),
			 -EINPROGRESS);
	ut_assert_error(&e, "GVM_E_PLUG_SILENT", EINPROGRESS);
	assert_string_equal(e.object, "desk2");
	assert_null(strstr(p->heard, "device_del"));
}

/** @brief QEMU ends meanwhile. @param state peer */
static void ends(void **state)
{
	static const struct reply mine[] = { { "hang up", "device_del" }, { NULL, NULL } };
	struct gvm_error e = { 0 };

	assert_int_equal(unplug(start(state, mine), 5000, false, &e), -EPIPE);
	ut_assert_error(&e, "GVM_E_QMP_CLOSED", EPIPE);
}

/** @brief One without an id is found by its group; on the root bus it stays. @param state peer */
static void from_the_start(void **state)
{
	struct peer *p = start(state, NULL);
	struct gvm_vgpu vgpu = { .name = "vf1", .uuid = UT_UUID_3, .group = 12 };
	struct gvm_plug plug;
	struct gvm_error e = { 0 };

	assert_int_equal(gvm_qemu_unplug(&p->ctx, p->q, "demo", &vgpu, 100, false, &plug, &e),
			 -ENODEV);
	ut_assert_error(&e, "GVM_E_NOT_ATTACHED", ENODEV);
	ut_link(p->dir, "sys/bus/pci/devices/0000:01:00.1/iommu_group", "../../../kernel/12");
	p->mine = (const struct reply[]){
		{ "/machine/q35/pcie.0\",\"property\":\"hotplug", RETURN("\"\"") }, { NULL, NULL }
	};
	assert_int_equal(gvm_qemu_unplug(&p->ctx, p->q, "demo", &vgpu, 100, false, &plug, &e),
			 -EOPNOTSUPP);
	ut_assert_error(&e, "GVM_E_NOT_UNPLUGGABLE", EOPNOTSUPP);
	ut_assert_holds(e.message, "pcie.0");
	assert_null(strstr(p->heard, "device_del"));
	p->mine = NULL;
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

/** @brief Run the tests. @return how many failed */
int main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(plugs),          TEST(picture),      TEST(too_large),     TEST(no_port),
		TEST(add_refused),    TEST(add_not_seen), TEST(nonsense),      TEST(deleted_before),
		TEST(deleted_after),  TEST(asked_before), TEST(guest_refuses), TEST(del_refused),
		TEST(paused),         TEST(silent),       TEST(slow),          TEST(ends),
		TEST(from_the_start), TEST(iommufd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
