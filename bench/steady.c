/* A constant rate of requests over kept connections, and how long each answer took from when its request was DUE.
 *
 * A request that is due while all connections are busy waits in line, and its wait counts: an answer that comes late
 * cannot hide the ones behind it (coordinated omission). Waking is by the kernel's high-resolution timers, without spinning,
 * because the upstream shares the core. Every latency is kept and sorted, so percentiles are exact. bench/README.md says
 * why none of the known load generators is in its place.
 *
 * usage: steady PORT RATE SECONDS CONNECTIONS STATUS REQUEST-FILE
 * In the request "################" becomes a number that is new each time. The result is one line of JSON.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MARK "################"
#define MARK_LENGTH 16
#define SECOND 1000000000LL
/* After the last request is due, answers that are still out have this long. */
#define GRACE (10 * SECOND)
/* Requests that are due this early only warm the connections up. */
#define WARM_UP (SECOND / 5)

enum { ANSWER_BYTES = 1 << 16 };

struct connection {
    int socket;
    long request; /* the one that is out, or -1 */
    size_t read;
    char answer[ANSWER_BYTES];
};

static char *request;
static size_t request_length;
static char *mark;
static int expected_status, port;
static long errors, unexpected;

static void fail(const char *what) {
    fprintf(stderr, "steady: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void read_request(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    request = calloc(1, ANSWER_BYTES);
    request_length = fread(request, 1, ANSWER_BYTES - 1, file);
    fclose(file);
    mark = strstr(request, MARK);
}

static void connect_to(struct connection *connection) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int one = 1;
    connection->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connection->socket < 0) fail("socket");
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address)) fail("connect");
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    connection->request = -1;
    connection->read = 0;
}

static void ask(struct connection *connection, long number) {
    if (mark) {
        char text[MARK_LENGTH + 1];
        snprintf(text, sizeof text, "%08lX%08lX", (unsigned long)getpid() & 0xFFFFFFFF, number & 0xFFFFFFFF);
        memcpy(mark, text, MARK_LENGTH);
    }
    connection->request = number;
    connection->read = 0;
    if (send(connection->socket, request, request_length, MSG_NOSIGNAL) != (ssize_t)request_length) fail("send");
}

/* Whether the whole answer is there. A connection that ends, or an answer of unknown length, ends the run: neither happens on
 * a kept connection to a server that is well. */
static int answered(struct connection *connection) {
    ssize_t more = recv(connection->socket, connection->answer + connection->read, ANSWER_BYTES - 1 - connection->read, 0);
    if (more < 0 && errno == EAGAIN) return 0;
    if (more <= 0) {
        fprintf(stderr, "steady: a connection was closed by the server\n");
        exit(1);
    }
    connection->read += more;
    connection->answer[connection->read] = 0;
    char *end = strstr(connection->answer, "\r\n\r\n");
    if (!end) return 0;
    char *length = strcasestr(connection->answer, "\r\ncontent-length:");
    if (!length || length > end) {
        fprintf(stderr, "steady: an answer has no length:\n%.300s\n", connection->answer);
        exit(1);
    }
    if (connection->read < (size_t)(end + 4 - connection->answer) + strtoul(length + 17, NULL, 10)) return 0;
    if (atoi(connection->answer + 9) != expected_status && !unexpected++)
        fprintf(stderr, "steady: an unexpected answer:\n%.300s\n", connection->answer);
    return 1;
}

static int compare(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static double percentile(const int64_t *sorted, long count, double share) {
    return count ? sorted[(long)(share * (count - 1))] / 1000.0 : 0;
}

static void report(int64_t *latencies, long due, long done, long warm) {
    long counted = done > warm ? done - warm : 0;
    qsort(latencies, counted, sizeof *latencies, compare);
    printf("{\"due\":%ld,\"answered\":%ld,\"errors\":%ld,\"unexpected\":%ld", due, done, errors + due - done, unexpected);
    const char *names[] = {"p50", "p75", "p90", "p95", "p99", "p99.9", "max"};
    const double shares[] = {0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1};
    for (int i = 0; i < 7; i++) printf(",\"%s\":%.1f", names[i], percentile(latencies, counted, shares[i]));
    printf("}\n");
}

int main(int count, char **words) {
    if (count != 7) {
        fprintf(stderr, "usage: steady PORT RATE SECONDS CONNECTIONS STATUS REQUEST-FILE\n");
        return 64;
    }
    port = atoi(words[1]);
    double rate = atof(words[2]), seconds = atof(words[3]);
    int width = atoi(words[4]);
    expected_status = atoi(words[5]);
    read_request(words[6]);
    /* Without this the kernel may wake us 50 µs late. */
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);

    long due = rate * seconds, warm = 0, sent = 0, done = 0;
    int64_t *latencies = malloc(sizeof *latencies * (due + 1));
    struct connection *connections = calloc(width, sizeof *connections);
    /* A ring, so that all connections take turns, as those of many people do. */
    struct connection **idle = calloc(width, sizeof *idle);
    int poll = epoll_create1(0);
    for (int i = 0; i < width; i++) {
        connect_to(&connections[i]);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        epoll_ctl(poll, EPOLL_CTL_ADD, connections[i].socket, &event);
        idle[i] = &connections[i];
    }

    int64_t start = now() + SECOND / 100, last = start + due / rate * SECOND;
    while (done < due && now() < last + GRACE) {
        int64_t time = now();
        while (sent < due && sent - done < width && start + (int64_t)(sent / rate * SECOND) <= time) {
            ask(idle[sent % width], sent);
            sent++;
        }
        struct timespec wait = {1, 0};
        if (sent < due && sent - done < width) {
            int64_t left = start + (int64_t)(sent / rate * SECOND) - now();
            if (left < 0) left = 0;
            wait = (struct timespec){left / SECOND, left % SECOND};
        }
        struct epoll_event events[256];
        int ready = epoll_pwait2(poll, events, 256, &wait, NULL);
        for (int i = 0; i < ready; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection->request < 0) fail("an answer came that nobody asked for");
            if (!answered(connection)) continue;
            int64_t was_due = (int64_t)(connection->request / rate * SECOND);
            if (was_due < WARM_UP) warm++;
            else latencies[done - warm] = now() - start - was_due;
            connection->request = -1;
            idle[done++ % width] = connection;
        }
    }
    report(latencies, due, done, warm);
    return 0;
}
