#include <errno.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <postgresql/libpq-fe.h>

// When a process exits, OpenSSL frees what its threads share, also while some of them send. Who asks it first has it
// leave that to the system; where somebody else was first, it stays as he wanted it.
static inline void pq_prepare(void) { OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL); }

// Connects to the hosts of the settings one after the other, each with so many seconds unless the settings say
// otherwise: what stands before them they may set, too. Blocks that long.
static inline PGconn *pq_connect(const char *settings) {
    static const char *const keywords[] = {"connect_timeout", "fallback_application_name", "dbname", NULL};
    const char *const values[] = {"10", "plimsoll", settings, NULL};
    return PQconnectdbParams(keywords, values, 1);
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
