# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# systemd in L1: what a Debian installation would have set up, less what only costs time here.

# Units that wait for people, networks and upgrades.
LAB_MASKED=(getty.target systemd-logind.service systemd-user-sessions.service systemd-update-utmp.service
	systemd-update-utmp-runlevel.service systemd-random-seed.service systemd-sysctl.service procps.service
	systemd-sysusers.service systemd-machine-id-commit.service systemd-firstboot.service
	systemd-hwdb-update.service systemd-journal-catalog-update.service systemd-update-done.service
	systemd-pstore.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
	systemd-ask-password-console.path systemd-ask-password-wall.path systemd-remount-fs.service
	systemd-tmpfiles-clean.timer fstrim.timer dpkg-db-backup.timer dev-mqueue.mount
	sys-kernel-config.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount
	modprobe@.service ldconfig.service systemd-boot-system-token.service systemd-networkd.service)

# lab_systemd ROOT
lab_systemd() {
	local root=$1 etc=$1/etc/systemd name
	mkdir -p "$etc"/{system/{multi-user,basic}.target.wants,system-generators,journald.conf.d} \
		"$root"/var/log/journal "$root"/etc/modules-load.d "$root"/etc/udev/rules.d
	# With an id it is not the first boot, which would ask questions and apply all presets.
	echo 4c6162006c6162006c6162006c616200 >"$root/etc/machine-id"
	ln -sf /lib/systemd/system/multi-user.target "$etc/system/default.target"
	for name in "${LAB_MASKED[@]}"; do
		ln -sf /dev/null "$etc/system/$name"
	done
	for name in "$root"/usr/lib/systemd/system-generators/*; do
		ln -sf /dev/null "$etc/system-generators/${name##*/}"
	done
	printf '[Journal]\nStorage=persistent\nSystemMaxUse=32M\nRateLimitBurst=0\nForwardToConsole=yes\nMaxLevelConsole=err\n' >"$etc/journald.conf.d/lab.conf"
	sed -n 's/^load //p' "$LAB_DIR/vm/modules.l1" >"$root/etc/modules-load.d/lab.conf"
	sed -n 's/^sample //p' "$LAB_DIR/vm/modules.l1" >"$root/etc/modules-load.d/lab-samples.conf"
	install -m 755 "$LAB_DIR"/vm/system/lab-{modules,reboot} "$root/usr/local/bin/"
	install -m 644 "$LAB_DIR"/vm/system/*.service "$root/usr/lib/systemd/system/"
	ln -s /lib/systemd/system/lab-command.service "$etc/system/multi-user.target.wants/"
	ln -s /lib/systemd/system/lab-keeper.service "$etc/system/basic.target.wants/"
}
