/*
 * The least server that libfuse3 allows: one file with given bytes, a single
 * thread. What ours is measured against.
 *
 *     hello [-t seconds] [-p path] file point
 *
 * Serves the bytes of `file` at `path` (default: hello) below `point`, with
 * direct_io, as files without a size are; names and attributes may be cached
 * for `seconds`. Prints a line when it is mounted.
 *
 *     cc hello.c $(pkg-config fuse3 --cflags --libs) -o hello
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fuse_lowlevel.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEEPEST = 16 };

static double timeout = 1.0;
static char *content;
static size_t content_size;

/* names[n] is the only entry in node n; 1 is the root, `depth` + 1 the file. */
static char *names[DEEPEST + 1];
static fuse_ino_t depth;

/* As in /proc, the size of the file is not told. */
static int attributes(fuse_ino_t node, struct stat *st) {
    if (node < 1 || node > depth + 1)
        return ENOENT;
    memset(st, 0, sizeof *st);
    st->st_ino = node;
    st->st_mode = node > depth ? S_IFREG | 0444 : S_IFDIR | 0555;
    st->st_nlink = node > depth ? 1 : 2;
    return 0;
}

static void on_lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
    struct fuse_entry_param entry = {
        .ino = parent + 1, .attr_timeout = timeout, .entry_timeout = timeout};
    if (parent > depth || strcmp(name, names[parent]) != 0 ||
        attributes(entry.ino, &entry.attr))
        fuse_reply_err(request, ENOENT);
    else
        fuse_reply_entry(request, &entry);
}

static void on_getattr(fuse_req_t request, fuse_ino_t node,
                       struct fuse_file_info *file) {
    struct stat st;
    (void)file;
    if (attributes(node, &st))
        fuse_reply_err(request, ENOENT);
    else
        fuse_reply_attr(request, &st, timeout);
}

static void on_open(fuse_req_t request, fuse_ino_t node,
                    struct fuse_file_info *file) {
    if (node != depth + 1) {
        fuse_reply_err(request, EISDIR);
        return;
    }
    file->direct_io = 1;
    fuse_reply_open(request, file);
}

static void on_read(fuse_req_t request, fuse_ino_t node, size_t size,
                    off_t offset, struct fuse_file_info *file) {
    (void)node;
    (void)file;
    if ((size_t)offset >= content_size) {
        fuse_reply_buf(request, NULL, 0);
        return;
    }
    size_t rest = content_size - offset;
    fuse_reply_buf(request, content + offset, size < rest ? size : rest);
}

static const struct fuse_lowlevel_ops operations = {
    .lookup = on_lookup,
    .getattr = on_getattr,
    .open = on_open,
    .read = on_read,
};

static int load(const char *path) {
    FILE *file = fopen(path, "rb");
    struct stat st;
    if (!file || fstat(fileno(file), &st))
        return -1;
    content = malloc(st.st_size + 1);
    if (!content)
        return -1;
    content_size = fread(content, 1, st.st_size, file);
    fclose(file);
    return 0;
}

static int split(char *path) {
    for (char *name = strtok(path, "/"); name; name = strtok(NULL, "/")) {
        if (depth == DEEPEST)
            return -1;
        names[++depth] = name;
    }
    return depth ? 0 : -1;
}

int main(int argc, char **argv) {
    char hello[] = "hello", *path = hello;
    int option;
    while ((option = getopt(argc, argv, "t:p:")) != -1) {
        if (option == 't')
            timeout = atof(optarg);
        else if (option == 'p')
            path = optarg;
        else
            return 2;
    }
    if (argc - optind != 2 || split(path)) {
        fprintf(stderr, "usage: hello [-t seconds] [-p path] file point\n");
        return 2;
    }
    if (load(argv[optind])) {
        perror(argv[optind]);
        return 1;
    }

    char *fuse_argv[] = {argv[0], "-ofsname=hello,subtype=hello", NULL};
    struct fuse_args args = FUSE_ARGS_INIT(2, fuse_argv);
    struct fuse_session *session =
        fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (!session)
        return 1;
    int failed = 1;
    if (fuse_set_signal_handlers(session) == 0) {
        if (fuse_session_mount(session, argv[optind + 1]) == 0) {
            puts("mounted");
            fflush(stdout);
            failed = fuse_session_loop(session) != 0;
            fuse_session_unmount(session);
        }
        fuse_remove_signal_handlers(session);
    }
    fuse_session_destroy(session);
    return failed;
}
