/* SPDX-License-Identifier: GPL-2.0-or-later */
/**
 * @file store.h
 * @brief Where objects are kept, and the locks. Implemented by src/store.
 *
 * Runtime objects are JSON and gone at a reboot. Saved ones are texts that people may write too.
 */
#ifndef GVM_CORE_STORE_H
#define GVM_CORE_STORE_H

#include <json-c/json.h>
#include <stdbool.h>

/** Kinds of objects kept. */
enum gvm_store_kind { GVM_STORE_VGPU, GVM_STORE_VM };

/** Called for each object. A non-zero return ends the walk. @p o is owned by the store. */
typedef int (*gvm_store_fn)(const char *name, struct json_object *o, void *data);

struct gvm_vm_record;

/** Called for each VM; @p r is NULL for a damaged one. A non-zero return ends the walk. */
typedef int (*gvm_store_vm_fn)(const struct gvm_vm_record *r, void *data);

/** Kinds of saved objects, each a file. */
enum gvm_saved_kind {
	GVM_SAVED_VGPU,    /**< /etc/gvm/vgpu.d/NAME.yaml */
	GVM_SAVED_GPU,     /**< /etc/gvm/gpu.d/NAME.yaml */
	GVM_SAVED_VM,      /**< /etc/gvm/vm.d/NAME.yaml */
	GVM_SAVED_TYPE,    /**< /etc/gvm/types.d/NAME.yaml */
	GVM_SAVED_MDEVCTL, /**< /etc/mdevctl.d/PARENT/UUID; its name is PARENT/UUID */
};

/** How one is saved. */
enum gvm_saved_flags {
	GVM_SAVED_NEW = 1,   /**< there must not be one */
	GVM_SAVED_FORCE = 2, /**< even if a person has changed it */
};

/**
 * Called for each saved object with its text, or, when it cannot be read, with NULL and the negative
 * errno as length. A non-zero return ends the walk. @p text is owned by the store.
 */
typedef int (*gvm_saved_fn)(const char *name, const char *text, long len, void *data);

/** Size of the path of a saved object, with its end. */
#define GVM_SAVED_PATH_SIZE 200

struct gvm_store;

/** All return 0 or a negative errno. */
struct gvm_store_ops {
	/** Load one object, to be released by the caller. ENOENT, EBADMSG when it is damaged. */
	int (*load)(struct gvm_store *s, enum gvm_store_kind kind, const char *name,
		    struct json_object **ret);
	/** Save one object, whole or not at all. With @p is_new EEXIST when there is one; EBADMSG: no record of this VM. */
	int (*save)(struct gvm_store *s, enum gvm_store_kind kind, const char *name,
		    struct json_object *o, bool is_new);
	/** Remove one object; ENOENT when it was not there. */
	int (*remove)(struct gvm_store *s, enum gvm_store_kind kind, const char *name);
	/** Call @p fn for each vGPU; damaged ones are given as NULL. */
	int (*list_vgpus)(struct gvm_store *s, gvm_store_fn fn, void *data);
	/** Call @p fn for each VM: what its record says, without its JSON. */
	int (*list_vms)(struct gvm_store *s, gvm_store_vm_fn fn, void *data);
	/**
	 * Lock a card ("gpu-ID", see gpu_lock.c), a VM ("vm-NAME", see lend.h), definitions ("vgpu-XX", see start.c) or what is saved ("saved")
	 * against other gvm. A handle for unlock; EWOULDBLOCK when it is held and not to be waited for.
	 */
	int (*lock)(struct gvm_store *s, const char *what, bool wait);
	void (*unlock)(struct gvm_store *s, int handle);
	/** Note under a lock what is being done, or with NULL that it is done. */
	int (*note)(struct gvm_store *s, int handle, struct json_object *o);
	/** What was noted under a lock and not done, by whoever was killed; ENOENT: nothing. */
	int (*noted)(struct gvm_store *s, int handle, struct json_object **ret);
	/** Call @p fn for each note, by the name of its lock; of what is being done just now too. */
	int (*list_notes)(struct gvm_store *s, gvm_store_fn fn, void *data);
	/** The folder for a VM's sockets, made when absent; ENAMETOOLONG. */
	int (*vm_dir)(struct gvm_store *s, const char *vm, char *path, unsigned long size);
	/** Call @p fn, with no object, for each VM that has a folder. */
	int (*list_vm_dirs)(struct gvm_store *s, gvm_store_fn fn, void *data);
	void (*remove_vm_dir)(struct gvm_store *s, const char *vm);
	/** Where a saved object is, or would be; EINVAL for what is no name. */
	int (*saved_path)(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			  char path[GVM_SAVED_PATH_SIZE]);
	/** Load the text of a saved object, to be freed by the caller. ENOENT, EFBIG over 64 KiB. */
	int (*saved_load)(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			  char **text, unsigned long *len);
	/**
	 * Save a text, whole or not at all, to survive a power loss. EEXIST with GVM_SAVED_NEW; ESTALE
	 * when a person has written or changed what is there. The caller holds the lock "saved".
	 */
	int (*saved_save)(struct gvm_store *s, enum gvm_saved_kind kind, const char *name,
			  const char *text, unsigned int flags);
	/** Remove a saved object; ENOENT when it was not there. The caller holds the lock "saved". */
	int (*saved_remove)(struct gvm_store *s, enum gvm_saved_kind kind, const char *name);
	/** Call @p fn for each saved object, in the order of the file system. */
	int (*saved_list)(struct gvm_store *s, enum gvm_saved_kind kind, gvm_saved_fn fn,
			  void *data);
	void (*close)(struct gvm_store *s);
};

/** Implementations begin with this. */
struct gvm_store {
	const struct gvm_store_ops *ops;
};

#endif
