#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <postgresql/libpq-fe.h>

// When a process exits, OpenSSL frees what its threads share, also while some of them send. Who asks it first has it
// leave that to the system; where somebody else was first, it stays as he wanted it.
static inline void pq_prepare(void) { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }

// Connects to the hosts of the settings one after the other, each with so many seconds unless the settings say
// otherwise: what stands before them they may set, too. Blocks that long.
static inline PGconn *pq_connect(const char *settings) {
    static const char *const keywords[] = {
        "connect_timeout", "fallback_application_name", "dbname", "client_encoding", NULL};
    // What is sent is UTF-8, whatever the database, the environment or the settings say.
    const char *const values[] = {"10", "plimsoll", settings, "UTF8", NULL};
    return PQconnectdbParams(keywords, values, 1);
}

// A connection that comes about on a thread of its own: libpq looks names up and tries its hosts without asking whether
// anybody still wants it, so who no longer does goes away, and the thread ends what it made.
struct pq_attempt {
    pthread_mutex_t lock;
    pthread_cond_t end;
    char *settings;
    PGconn *connection;
    int is_done, is_abandoned;
};

static inline void pq_attempt_free(struct pq_attempt *attempt) {
    pthread_cond_destroy(&attempt->end);
    pthread_mutex_destroy(&attempt->lock);
    free(attempt->settings);
    free(attempt);
}

static inline void *pq_attempt_run(void *context) {
    struct pq_attempt *attempt = context;
    PGconn *connection = pq_connect(attempt->settings);
    pthread_mutex_lock(&attempt->lock);
    attempt->connection = connection;
    attempt->is_done = 1;
    int is_abandoned = attempt->is_abandoned;
    pthread_cond_signal(&attempt->end);
    pthread_mutex_unlock(&attempt->lock);
    if (is_abandoned) {
        PQfinish(connection);
        pq_attempt_free(attempt);
    }
    return NULL;
}

// NULL: there is no memory or no thread for it.
static inline struct pq_attempt *pq_attempt_begin(const char *settings) {
    struct pq_attempt *attempt = calloc(1, sizeof *attempt);
    if (!attempt) return NULL;
    pthread_mutex_init(&attempt->lock, NULL);
    pthread_cond_init(&attempt->end, NULL);
    attempt->settings = strdup(settings);
    // Signals are for threads that know what to do with them.
    sigset_t all, before;
    sigfillset(&all);
    pthread_t thread;
    int failure = attempt->settings ? pthread_sigmask(SIG_SETMASK, &all, &before) : 1;
    if (!failure) {
        failure = pthread_create(&thread, NULL, pq_attempt_run, attempt);
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    if (failure) {
        pq_attempt_free(attempt);
        return NULL;
    }
    pthread_detach(thread);
    return attempt;
}

// Waits for so long at most. 1: it is done, well or not, and is to be taken.
static inline int pq_attempt_wait(struct pq_attempt *attempt, int milliseconds) {
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    long nanoseconds = end.tv_nsec + (milliseconds % 1000) * 1000000L;
    end.tv_sec += milliseconds / 1000 + nanoseconds / 1000000000L;
    end.tv_nsec = nanoseconds % 1000000000L;
    pthread_mutex_lock(&attempt->lock);
    if (!attempt->is_done) pthread_cond_timedwait(&attempt->end, &attempt->lock, &end);
    int is_done = attempt->is_done;
    pthread_mutex_unlock(&attempt->lock);
    return is_done;
}

// What came of one that is done, which ends here; NULL: there was no memory.
static inline PGconn *pq_attempt_take(struct pq_attempt *attempt) {
    PGconn *connection = attempt->connection;
    pq_attempt_free(attempt);
    return connection;
}

// Nobody wants it any more.
static inline void pq_attempt_abandon(struct pq_attempt *attempt) {
    pthread_mutex_lock(&attempt->lock);
    int is_done = attempt->is_done;
    attempt->is_abandoned = 1;
    pthread_mutex_unlock(&attempt->lock);
    if (is_done) PQfinish(pq_attempt_take(attempt));
}

// Waits until the connection's socket can be read, or can be written where that is asked for, too.
// 1: it can; 0: the time is over; -1: there is no socket, or waiting failed.
static inline int pq_wait(const PGconn *connection, int writes, int reads, int milliseconds) {
    struct pollfd place = {.fd = PQsocket(connection), .events = 0, .revents = 0};
    if (place.fd < 0) return -1;
    if (reads) place.events |= POLLIN;
    if (writes) place.events |= POLLOUT;
    int ready = poll(&place, 1, milliseconds);
    if (ready < 0) return errno == EINTR ? 0 : -1;
    return ready > 0 ? 1 : 0;
}

// libpq writes notices of the server to standard error unless somebody takes them.
static inline void pq_drop_notice(void *context, const char *message) {
    (void)context;
    (void)message;
}

static inline void pq_silence(PGconn *connection) { PQsetNoticeProcessor(connection, pq_drop_notice, NULL); }
