package sluice.gateway.problem;

/** The problems of all but exchanges. */
public enum ProblemType implements KnownProblem {
    MALFORMED_JSON(
            "malformed-json",
            400,
            "The body is not the JSON that was expected",
            "Correct the body at the place named in the detail."),
    MALFORMED_REQUEST(
            "malformed-request", 400, "The request cannot be understood", "Correct the request."),
    BAD_PARAMETER(
            "bad-parameter",
            400,
            "A parameter has a value that is not allowed",
            "Correct the parameter named in the detail."),
    BAD_TOPIC_NAME(
            "bad-topic-name",
            400,
            "Not a topic name",
            "Use 1 to 249 of a-z A-Z 0-9 . _ - and do not begin with __."),
    BAD_GROUP_NAME(
            "bad-group-name",
            400,
            "Not a group name",
            "Use 1 to 249 of a-z A-Z 0-9 . _ - and do not begin with __."),
    BAD_GROUP(
            "bad-group",
            400,
            "A setting of the group is out of range",
            "Correct the setting named in the detail."),
    DEAD_LETTER_CYCLE(
            "dead-letter-cycle",
            400,
            "The group's dead letters would come back to it",
            "Choose another deadLetterTopic, or a pattern that leaves it out."),
    REDRIVE_CYCLE(
            "redrive-cycle",
            400,
            "The messages would come back into the queue that they leave",
            "Choose another topic, or leave to out."),
    BAD_QUEUE_REQUEST(
            "bad-queue-request",
            400,
            "A number is out of range",
            "Correct the number named in the detail."),
    SESSION_NEEDED(
            "session-needed",
            400,
            "The group has one active consumer, and the call has no session",
            "Open a session, or set activeConsumer to all."),
    MALFORMED_DELIVERY(
            "malformed-delivery",
            400,
            "Not the id of a delivery",
            "Send it back as it was given; nothing of this request was settled."),
    UNKNOWN_ANSWER(
            "unknown-answer",
            400,
            "The session was never given an answer of that number",
            "Send the number of the last answer that arrived, or leave received out."),
    UNSUPPORTED_ACKS(
            "unsupported-acks", 400, "Not a kind of acks", "Use acks=all, acks=1 or acks=0."),
    PARTITION_OUT_OF_RANGE(
            "partition-out-of-range",
            400,
            "The topic has no such partition",
            "Use a partition from 0 to the topic's partitions - 1; GET the topic to see them."),
    BAD_IDEMPOTENCY_KEY(
            "bad-idempotency-key",
            400,
            "Not an idempotency key",
            "Send 1 to 255 visible ASCII characters, or leave the header out."),
    PARTITIONS_SHRINK(
            "partitions-shrink",
            400,
            "A topic cannot lose partitions",
            "Ask for at least as many partitions as there are."),
    TORN_BATCH(
            "torn-batch",
            400,
            "The body ends within a batch",
            "Send whole record batches; nothing of this request was appended."),
    UNSUPPORTED_MAGIC(
            "unsupported-magic",
            400,
            "Not a record batch of version 2",
            "Send batches with magic 2; nothing of this request was appended."),
    WRONG_CRC(
            "wrong-crc",
            400,
            "A batch was damaged on its way",
            "Send it again; nothing of this request was appended."),
    MALFORMED_BATCH(
            "malformed-batch",
            400,
            "A batch is not laid out as a record batch",
            "Correct the producer; nothing of this request was appended."),
    UNKNOWN_TOPIC(
            "unknown-topic",
            404,
            "There is no such topic",
            "Create it with PUT /v1/topics/{topic}."),
    UNKNOWN_DELIVERY(
            "unknown-delivery",
            404,
            "There was never such a delivery in this group",
            "Settle what this group gave out."),
    UNKNOWN_GROUP(
            "unknown-group",
            404,
            "There is no such group",
            "Create it with PUT /v1/groups/{group}."),
    UNKNOWN_MEMBER(
            "unknown-member",
            404,
            "There is no such member",
            "It ended, or never was: join again, and go on from the committed offsets."),
    UNKNOWN_SESSION(
            "unknown-session",
            404,
            "There is no such session",
            "It ended, and its messages went back: open a new one."),
    UNKNOWN_PARTITION(
            "unknown-partition",
            404,
            "There is no such partition in what the group reads",
            "GET the group to see its partitions."),
    PATTERN_MATCHES_NOTHING(
            "pattern-matches-nothing",
            404,
            "No topic matches the pattern",
            "Correct the pattern, or say allowMissing to wait for such topics."),
    UNKNOWN_WAL(
            "unknown-wal",
            404,
            "There is no such wal",
            "GET /v1/cluster to see the wals there are."),
    UNKNOWN_PATH(
            "unknown-path",
            404,
            "There is nothing at this path",
            "See /q/openapi for what there is."),
    METHOD_NOT_ALLOWED(
            "method-not-allowed",
            405,
            "This path does not take this method",
            "See /q/openapi for the methods of this path."),
    NOT_ACCEPTABLE(
            "not-acceptable",
            406,
            "The answer cannot be given in the accepted media types",
            "Accept application/json, or leave the Accept header out."),
    BODY_TIMEOUT(
            "body-timeout",
            408,
            "The body did not arrive in time",
            "Send the whole body at once; nothing of this request was appended."),
    TOPIC_EXISTS(
            "topic-exists",
            409,
            "The topic exists with another configuration",
            "GET the topic, then PATCH it, or choose another name."),
    PRODUCER_FENCED(
            "producer-fenced",
            409,
            "A newer producer took over this producer id",
            "Stop this producer; nothing of this request was appended."),
    OUT_OF_ORDER_SEQUENCE(
            "out-of-order-sequence",
            409,
            "A batch before this one is missing",
            "Send the batches in order, or begin anew under a later epoch; nothing of this request was appended."),
    GROUP_EXISTS(
            "group-exists",
            409,
            "The group exists with another type",
            "Delete the group first, or choose another name."),
    GROUP_HAS_MEMBERS(
            "group-has-members",
            409,
            "The group has members",
            "Stop them first; or force the deletion, or commit as one of them."),
    WRONG_GROUP_TYPE(
            "wrong-group-type",
            409,
            "The group is of the other type",
            "GET the group to see its type; a stream group has members, a queue group sessions."),
    SESSION_FENCED(
            "session-fenced",
            409,
            "A newer connection has taken the session",
            "Stop this one, or open a session for each process."),
    SESSION_MOVED(
            "session-moved",
            409,
            "The group's coordinator changed, and cannot tell which answers arrived",
            "Open the session again with resume, and held naming the deliveries that it works on."),
    REDRIVE_RUNNING(
            "redrive-running",
            409,
            "A redrive of the dead letters is under way",
            "Wait for it, or stop it with DELETE; then begin the next."),
    NO_DEAD_LETTER_TOPIC(
            "no-dead-letter-topic",
            409,
            "The group drops its dead letters",
            "Give the group a deadLetterTopic; those that were dropped are gone."),
    DEAD_LETTER_GROUP_TAKEN(
            "dead-letter-group-taken",
            409,
            "The group named as the dead-letter topic reads something else",
            "Give the group another deadLetterTopic, or delete that group."),
    STALE_EPOCH(
            "stale-epoch",
            409,
            "The member speaks of an earlier hold of the partition",
            "Take up the assignment anew; what was read before it is void."),
    NOT_ASSIGNED(
            "not-assigned",
            409,
            "The member does not hold the partition",
            "Read and commit only what is assigned; the others' records go to others."),
    MEMBER_FENCED(
            "member-fenced",
            409,
            "Another process took the member's place",
            "Stop this one, or give each process an instance name of its own."),
    POLL_OVERTAKEN(
            "poll-overtaken",
            409,
            "The member polled again before this poll was answered",
            "Send one poll at a time for each member."),
    WAL_ALIVE(
            "wal-alive",
            409,
            "The wal's gateway is alive",
            "Stop the gateway; it brings its wal into objects itself."),
    WAL_SEALED("wal-sealed", 409, "The wal is sealed already", "There is nothing to do."),
    WAL_RECOVERABLE(
            "wal-recoverable",
            409,
            "Enough members of the wal answer",
            "Wait some seconds; the wal is recovered without loss."),
    WAL_COPIES_DIFFER(
            "wal-copies-differ",
            409,
            "Copies of the wal contradict each other",
            "Find the disk that is wrong and stop its gateway; then the others' copies are used."),
    RECORD_TOO_LARGE(
            "record-too-large",
            413,
            "A record is larger than the topic allows",
            "Send smaller records, or create the topic with a larger recordBytesMax."),
    BODY_TOO_LARGE(
            "body-too-large",
            413,
            "The body is larger than this gateway takes",
            "Split the records over several requests."),
    UNSUPPORTED_MEDIA_TYPE(
            "unsupported-media-type",
            415,
            "The body has a media type that this path does not take",
            "Send Content-Type: application/json (with curl: -H 'Content-Type: application/json')."),
    OFFSET_OUT_OF_RANGE(
            "offset-out-of-range",
            416,
            "The partition has no record at this offset, now or any more",
            "Go on from logStart (the oldest record) or highWatermark (the next new one)."),
    WEBSOCKET_EXPECTED(
            "websocket-expected",
            426,
            "This path is a WebSocket",
            "Ask for an upgrade to websocket, or poll with GET …/members/{member}/records."),
    IDEMPOTENCY_KEY_REUSED(
            "idempotency-key-reused",
            422,
            "The idempotency key was used for another body",
            "Use a new key for a new request; repeat a request with the same bytes."),
    OVERLOADED(
            "overloaded",
            429,
            "The gateway has as much to do as it can hold",
            "Repeat the request after the time in Retry-After."),
    TOO_MANY_POLLS(
            "too-many-polls",
            429,
            "Too many requests wait for records here",
            "Repeat after the time in Retry-After, or ask another gateway."),
    TOO_MANY_MEMBERS(
            "too-many-members",
            429,
            "The group has as many members as it may have",
            "Stop members that are not needed, or repeat later."),
    TOO_MANY_SESSIONS(
            "too-many-sessions",
            429,
            "The group has as many sessions as it may have",
            "Close sessions that are not needed, or repeat later."),
    TOO_MANY_RECEIVES(
            "too-many-receives",
            429,
            "Too many calls without session wait for messages of the group",
            "Repeat after the time in Retry-After, or open sessions."),
    TOO_MANY_SETTLEMENTS(
            "too-many-settlements",
            429,
            "Too many settlements are on their way",
            "Wait for the answers to some of them, then repeat."),
    TOO_MANY_GROUPS(
            "too-many-groups",
            429,
            "The gateway coordinates as many groups as it can",
            "Repeat after the time in Retry-After, or add gateways."),
    TOO_MANY_STREAMS(
            "too-many-streams",
            429,
            "As many streams are open here as may be",
            "Connect to another gateway, or repeat after the time in Retry-After."),
    SOME_NOT_APPENDED(
            "some-not-appended",
            503,
            "Some records of the request were not appended",
            "See each entry for what became of it; send again only the ones with an error."),
    NOT_READY(
            "not-ready",
            503,
            "This gateway cannot serve yet",
            "Repeat after the time in Retry-After, or ask another gateway."),
    NUMBERS_INCOMPLETE(
            "numbers-incomplete",
            503,
            "The owner of a partition does not answer now",
            "Repeat after the time in Retry-After; do not scale by a part of the numbers."),
    GROUP_MOVED(
            "group-moved",
            503,
            "The group's coordinator is another gateway now",
            "Repeat the request; it finds the new one."),
    CORRUPT_BATCH(
            "corrupt-batch",
            500,
            "Stored records cannot be read",
            "Tell the operator; reading can go on after them from nextOffset."),
    INTERNAL(
            "internal",
            500,
            "The gateway has a defect",
            "Report the logId; the operator finds the cause in the log under it.");

    private final String code;
    private final int status;
    private final String title;
    private final String action;

    ProblemType(String code, int status, String title, String action) {
        this.code = code;
        this.status = status;
        this.title = title;
        this.action = action;
    }

    @Override
    public String code() {
        return code;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public String action() {
        return action;
    }
}
