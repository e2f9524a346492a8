/*
 * A disk that can lose power, fill up, break and slow down, put under a process by LD_PRELOAD.
 *
 *   DISK_ROOT    the folder that is on this disk
 *   DISK_SNAP    optional: what would survive a power cut. It holds only bytes that were fsynced; names (create, link,
 *                rename, unlink) and lengths are durable at once. With DISK_KEEP_UNLINKED=1 a file that was removed
 *                comes back, as after a cut before the folder reached the disk.
 *   DISK_CONTROL optional: a file of three 32-bit numbers that the test changes while the process runs: the errno of
 *                every write, the errno of every fsync, and microseconds by which each fsync is late. 0 = as usual.
 *
 * The shared memory of SQLite (-shm) is rebuilt at every start and is no part of what survives.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define MAX_FD 4096
#define MAX_FILES 256

struct range { off_t from, to; };
struct file {
  dev_t dev; ino_t ino;
  int source, snap; /* descriptors of our own: to read the file, whatever its opener may do, and to keep the copy */
  struct range *dirty; size_t count, room;
};
struct control { int32_t write_errno, sync_errno, sync_delay; };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *root, *snap;
static size_t root_length;
static int keep_unlinked;
static volatile struct control *control;
static struct file files[MAX_FILES];
static size_t file_count;
static int tracked[MAX_FD]; /* 0 = not on this disk, -1 = on it but not kept, else index + 1 */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void start(void) {
  root = getenv("DISK_ROOT");
  snap = getenv("DISK_SNAP");
  keep_unlinked = getenv("DISK_KEEP_UNLINKED") != NULL;
  root_length = root ? strlen(root) : 0;
  const char *path = getenv("DISK_CONTROL");
  if (path) {
    int fd = REAL(open)(path, O_RDONLY);
    void *at = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(struct control), PROT_READ, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED) { fprintf(stderr, "disk: cannot read %s\n", path); abort(); }
    control = at;
  }
}

static int on_disk(const char *path) {
  return root && path && strncmp(path, root, root_length) == 0 && path[root_length] == '/';
}

static int is_kept(const char *path) {
  size_t length = strlen(path);
  return snap && !(length > 4 && strcmp(path + length - 4, "-shm") == 0);
}

static void snap_path(const char *path, char *out) { snprintf(out, PATH_MAX, "%s%s", snap, path + root_length); }

static void fail(const char *what) { perror(what); abort(); }

/* With the lock held. */
static void track(int fd, const char *path) {
  if (fd < 0 || fd >= MAX_FD || !on_disk(path)) return;
  struct stat stat;
  if (fstat(fd, &stat) != 0 || !S_ISREG(stat.st_mode)) return;
  if (!is_kept(path)) { tracked[fd] = -1; return; }
  for (size_t i = 0; i < file_count; i++)
    if (files[i].dev == stat.st_dev && files[i].ino == stat.st_ino) { tracked[fd] = (int)i + 1; return; }
  if (file_count == MAX_FILES) { fprintf(stderr, "disk: too many files\n"); abort(); }
  char copy[PATH_MAX];
  snap_path(path, copy);
  int to = REAL(open)(copy, O_RDWR | O_CREAT, stat.st_mode & 07777);
  int from = REAL(open)(path, O_RDONLY);
  if (to < 0 || from < 0) fail(copy);
  files[file_count] = (struct file){ .dev = stat.st_dev, .ino = stat.st_ino, .source = from, .snap = to };
  tracked[fd] = (int)++file_count;
}

static struct file *file_of(int fd) { return fd >= 0 && fd < MAX_FD && tracked[fd] > 0 ? &files[tracked[fd] - 1] : NULL; }
static int is_tracked(int fd) { return fd >= 0 && fd < MAX_FD && tracked[fd] != 0; }

static void soil(int fd, off_t from, ssize_t length) {
  struct file *file = file_of(fd);
  if (file == NULL || length <= 0) return;
  pthread_mutex_lock(&lock);
  if (file->count > 0 && file->dirty[file->count - 1].to == from) file->dirty[file->count - 1].to += length;
  else {
    if (file->count == file->room) {
      file->room = file->room ? file->room * 2 : 64;
      file->dirty = realloc(file->dirty, file->room * sizeof(struct range));
    }
    file->dirty[file->count++] = (struct range){ from, from + length };
  }
  pthread_mutex_unlock(&lock);
}

static void settle(int fd) {
  struct file *file = file_of(fd);
  if (file == NULL) return;
  static char buffer[1 << 20];
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < file->count; i++) {
    for (off_t at = file->dirty[i].from; at < file->dirty[i].to;) {
      size_t want = (size_t)(file->dirty[i].to - at);
      ssize_t got = pread(file->source, buffer, want < sizeof buffer ? want : sizeof buffer, at);
      if (got < 0) fail("disk: read back");
      if (got == 0) break;
      if (REAL(pwrite)(file->snap, buffer, (size_t)got, at) != got) fail("disk: keep");
      at += got;
    }
  }
  file->count = 0;
  pthread_mutex_unlock(&lock);
}

/* Whether the write may go on. */
static int allowed(int fd) {
  if (control && control->write_errno && is_tracked(fd)) { errno = control->write_errno; return 0; }
  return 1;
}

#define OPENER(name, call)                                                         \
  int name(const char *path, int flags, ...) {                                     \
    va_list rest; va_start(rest, flags);                                           \
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;        \
    va_end(rest);                                                                  \
    if (control && control->write_errno == EROFS && on_disk(path) && flags & (O_CREAT | O_WRONLY | O_RDWR)) { errno = EROFS; return -1; } \
    int fd = REAL(name)(path, flags, mode);                                        \
    pthread_mutex_lock(&lock); track(fd, path);                                    \
    struct file *file = file_of(fd);                                               \
    if (file && flags & O_TRUNC) { file->count = 0; if (REAL(ftruncate)(file->snap, 0) != 0) fail("disk: truncate"); } \
    pthread_mutex_unlock(&lock);                                                   \
    return fd;                                                                     \
  }
OPENER(open, 0)
OPENER(open64, 0)

int close(int fd) {
  if (fd >= 0 && fd < MAX_FD) tracked[fd] = 0;
  return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (!is_tracked(fd)) return REAL(write)(fd, bytes, length);
  if (!allowed(fd)) return -1;
  off_t at = lseek(fd, 0, SEEK_CUR);
  ssize_t done = REAL(write)(fd, bytes, length);
  soil(fd, at, done);
  return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  if (!allowed(fd)) return -1;
  ssize_t done = REAL(pwrite)(fd, bytes, length, at);
  soil(fd, at, done);
  return done;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  if (!allowed(fd)) return -1;
  ssize_t done = REAL(pwrite64)(fd, bytes, length, at);
  soil(fd, at, done);
  return done;
}

static int shorten(int fd, off_t length, int result) {
  struct file *file = file_of(fd);
  if (result != 0 || file == NULL) return result;
  pthread_mutex_lock(&lock);
  size_t left = 0;
  for (size_t i = 0; i < file->count; i++) {
    struct range range = file->dirty[i];
    if (range.from >= length) continue;
    if (range.to > length) range.to = length;
    file->dirty[left++] = range;
  }
  file->count = left;
  if (REAL(ftruncate)(file->snap, length) != 0) fail("disk: truncate");
  pthread_mutex_unlock(&lock);
  return 0;
}
int ftruncate(int fd, off_t length) { return allowed(fd) ? shorten(fd, length, REAL(ftruncate)(fd, length)) : -1; }
int ftruncate64(int fd, off64_t length) { return allowed(fd) ? shorten(fd, length, REAL(ftruncate64)(fd, length)) : -1; }

static int sync_with(int fd, int (*real)(int)) {
  if (!is_tracked(fd)) return real(fd);
  if (control && control->sync_delay) usleep((useconds_t)control->sync_delay);
  if (control && control->sync_errno) {
    /* As Linux does: the pages count as clean from now on, and no later fsync brings them to the disk. */
    struct file *file = file_of(fd);
    if (file) file->count = 0;
    errno = control->sync_errno;
    return -1;
  }
  /* The copy is what counts here; waiting for the real disk would only make the test slow. */
  if (snap) { settle(fd); return 0; }
  return real(fd);
}
int fsync(int fd) { return sync_with(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_with(fd, REAL(fdatasync)); }

static int with_snaps(const char *from, const char *to, int result, int (*same)(const char *, const char *)) {
  if (result == 0 && snap && on_disk(from) && on_disk(to) && is_kept(from)) {
    char a[PATH_MAX], b[PATH_MAX];
    snap_path(from, a); snap_path(to, b);
    if (same(a, b) != 0) fail(b);
  }
  return result;
}
int link(const char *from, const char *to) { return with_snaps(from, to, REAL(link)(from, to), REAL(link)); }
int rename(const char *from, const char *to) { return with_snaps(from, to, REAL(rename)(from, to), REAL(rename)); }

/* Its number may go to the next file. */
static void forget(const char *path) {
  struct stat stat;
  if (lstat(path, &stat) != 0 || stat.st_nlink > 1) return;
  pthread_mutex_lock(&lock);
  for (size_t i = 0; i < file_count; i++)
    if (files[i].dev == stat.st_dev && files[i].ino == stat.st_ino) files[i].ino = 0;
  pthread_mutex_unlock(&lock);
}

static int gone(const char *path, int result) {
  if (result == 0 && snap && !keep_unlinked && on_disk(path) && is_kept(path)) {
    char copy[PATH_MAX];
    snap_path(path, copy);
    if (REAL(unlink)(copy) != 0 && errno != ENOENT) fail(copy);
  }
  return result;
}
int unlink(const char *path) { if (on_disk(path)) forget(path); return gone(path, REAL(unlink)(path)); }
int remove(const char *path) { if (on_disk(path)) forget(path); return gone(path, REAL(remove)(path)); }
int unlinkat(int folder, const char *path, int flags) {
  if (on_disk(path)) forget(path);
  return gone(path, REAL(unlinkat)(folder, path, flags));
}
