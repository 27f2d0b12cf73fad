/*
 * Opens files over and over, as readers of /proc do: open, read to the end in
 * pieces of 64 KiB, close.
 *
 *     client [-c clients] [-n opens] [-t] path...
 *
 * Each client opens `opens` times, the paths in turn; clients are processes,
 * with -t threads. All begin at the same time. Prints one line of JSON: what
 * all of them did per second, and percentiles of one open's time.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 64 * 1024 };

struct client {
    double began, ended; /* seconds */
    long errors;
    long long bytes;
    int error; /* the last errno */
};

static long clients = 1, opens = 1000;
static char **paths;
static int path_count;

/* Shared by all clients. */
static pthread_barrier_t *barrier;
static struct client *results;
static float *times; /* microseconds, `opens` for each client */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void *shared(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) {
        perror("client: mmap");
        exit(1);
    }
    return memory;
}

/* Bytes of the file, or -1. */
static long long read_all(const char *path, char *buffer) {
    int fd = open(path, O_RDONLY);
    if (fd < 0)
        return -1;
    long long total = 0;
    ssize_t count;
    while ((count = read(fd, buffer, PIECE)) > 0)
        total += count;
    int error = errno;
    close(fd);
    errno = error;
    return count < 0 ? -1 : total;
}

static void *work(void *argument) {
    long number = (long)argument;
    struct client *result = &results[number];
    float *mine = times + number * opens;
    char *buffer = malloc(PIECE);
    if (!buffer)
        abort();
    pthread_barrier_wait(barrier);
    result->began = now();
    double before = result->began;
    for (long i = 0; i < opens; i++) {
        long long bytes = read_all(paths[(i + number) % path_count], buffer);
        if (bytes < 0) {
            result->errors++;
            result->error = errno;
        } else {
            result->bytes += bytes;
        }
        double after = now();
        mine[i] = (after - before) * 1e6;
        before = after;
    }
    result->ended = before;
    free(buffer);
    return NULL;
}

static int ascending(const void *a, const void *b) {
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void report(void) {
    double began = results[0].began, ended = results[0].ended;
    long long bytes = 0;
    long errors = 0;
    int error = 0;
    for (long i = 0; i < clients; i++) {
        if (results[i].began < began)
            began = results[i].began;
        if (results[i].ended > ended)
            ended = results[i].ended;
        bytes += results[i].bytes;
        errors += results[i].errors;
        if (results[i].error)
            error = results[i].error;
    }
    long total = clients * opens;
    qsort(times, total, sizeof *times, ascending);
    printf("{\"opens\":%ld,\"errors\":%ld,\"error\":\"%s\",\"bytes\":%lld,"
           "\"seconds\":%.6f,\"perSecond\":%.1f,\"p50\":%.1f,\"p99\":%.1f}\n",
           total, errors, error ? strerror(error) : "", bytes, ended - began,
           total / (ended - began), times[total / 2], times[total * 99 / 100]);
}

int main(int argc, char **argv) {
    int threads = 0, option;
    while ((option = getopt(argc, argv, "c:n:t")) != -1) {
        if (option == 'c')
            clients = atol(optarg);
        else if (option == 'n')
            opens = atol(optarg);
        else if (option == 't')
            threads = 1;
        else
            return 2;
    }
    paths = argv + optind;
    path_count = argc - optind;
    if (path_count < 1 || clients < 1 || opens < 1) {
        fprintf(stderr, "usage: client [-c clients] [-n opens] [-t] path...\n");
        return 2;
    }

    barrier = shared(sizeof *barrier);
    results = shared(clients * sizeof *results);
    times = shared(clients * opens * sizeof *times);
    pthread_barrierattr_t attributes;
    pthread_barrierattr_init(&attributes);
    pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_barrier_init(barrier, &attributes, clients);

    if (threads) {
        pthread_t *all = calloc(clients, sizeof *all);
        if (!all)
            abort();
        for (long i = 0; i < clients; i++)
            if (pthread_create(&all[i], NULL, work, (void *)i))
                abort();
        for (long i = 0; i < clients; i++)
            pthread_join(all[i], NULL);
        free(all);
    } else {
        for (long i = 0; i < clients; i++) {
            pid_t pid = fork();
            if (pid < 0) {
                perror("client: fork");
                exit(1);
            }
            if (pid == 0) {
                work((void *)i);
                _exit(0);
            }
        }
        while (wait(NULL) > 0)
            continue;
    }
    report();
    return 0;
}
