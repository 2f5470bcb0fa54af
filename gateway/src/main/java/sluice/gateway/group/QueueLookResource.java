package sluice.gateway.group;

import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestQuery;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.gateway.EdgeClock;
import sluice.gateway.consume.QueryValues;
import sluice.gateway.consume.ValueFormat;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** Looks into a queue group that change nothing: its messages, its consumers, how much there is. */
@Path("/v1/groups/{group}")
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "queues")
public final class QueueLookResource {

    private static final int MAX_DEFAULT = 20;
    private static final int MAX = 1_000;

    private final GroupCalls calls;
    private final EdgeClock clock;

    QueueLookResource(GroupCalls calls, EdgeClock clock) {
        this.calls = calls;
        this.clock = clock;
    }

    @GET
    @Path("/messages")
    @Operation(
            operationId = "searchMessages",
            summary = "Show messages that are not done",
            description =
                    "By state, key, headers and time; nothing is changed. A page may be empty though"
                            + " there is more: then the answer has nextAfter.")
    @APIResponse(responseCode = "200", description = "Messages by topic, partition and offset")
    @APIResponse(responseCode = "400", description = "bad-parameter")
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-topic")
    @APIResponse(responseCode = "409", description = "wrong-group-type")
    public CompletionStage<Response> messages(
            @RestPath String group,
            @RestQuery @Nullable String state,
            @RestQuery @Nullable String topic,
            @RestQuery @Nullable String partition,
            @BeanParam MessageParameters parameters) {
        return calls.answered(() -> {
            GroupName name = GroupNames.of(group);
            MessageSearch.Query query = query(states(state), parameters);
            ValueFormat format = format(parameters);
            int only = (int) QueryValues.number("partition", partition, -1, 0, Integer.MAX_VALUE);
            return calls.call(name, new QueueRequest.Count(), QueueReply.Counted.class)
                    .thenCompose(counted ->
                            MessageSearch.forward(
                                    calls, name, some(counted.partitions(), topic, only), query))
                    .thenApply(page -> GroupCalls.json(200, LookJson.messages(page, format)));
        });
    }

    /**
     * @param partition −1 for all
     */
    private static Collection<QueueReply.Partition> some(
            List<QueueReply.Partition> all, @Nullable String topic, int partition) {
        List<QueueReply.Partition> found =
                all.stream()
                        .filter(each -> topic == null || each.partition().topic().equals(topic))
                        .filter(each -> partition < 0 || each.partition().partition() == partition)
                        .toList();
        if (found.isEmpty() && (topic != null || partition >= 0)) {
            throw new ProblemException(
                    ProblemType.UNKNOWN_PARTITION,
                    "topic=%s partition=%s".formatted(topic, partition < 0 ? "any" : partition));
        }
        return found;
    }

    static MessageSearch.Query query(Set<MessageState> states, MessageParameters parameters) {
        return new MessageSearch.Query(
                states,
                MessageWords.filter(parameters),
                (int) QueryValues.number("max", parameters.max, MAX_DEFAULT, 1, MAX),
                MessagePlace.parse(parameters.after));
    }

    static ValueFormat format(MessageParameters parameters) {
        ValueFormat format = ValueFormat.parse(parameters.format);
        if (format == ValueFormat.BINARY) {
            throw QueryValues.bad("format=binary: expected text, json or base64");
        }
        return format;
    }

    private static Set<MessageState> states(@Nullable String text) {
        var states = EnumSet.noneOf(MessageState.class);
        if (text == null) {
            return states;
        }
        for (String word : text.split(",", -1)) {
            states.add(
                    Arrays.stream(MessageState.values())
                            .filter(each -> LookJson.word(each).equals(word))
                            .findFirst()
                            .orElseThrow(() ->
                                    QueryValues.bad(
                                            "state=%s: expected ready, delayed, inFlight, dead"
                                                    .formatted(text))));
        }
        return states;
    }

    @GET
    @Path("/sessions")
    @Operation(
            operationId = "listSessions",
            summary = "Who reads the queue, and what each has",
            description =
                    "With client only those that call themselves so: busy says whether one of them"
                            + " has a message that is not settled.")
    @APIResponse(responseCode = "200", description = "Sessions; none if nobody is called so")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "409", description = "wrong-group-type")
    public CompletionStage<Response> sessions(
            @RestPath String group, @RestQuery @Nullable String client) {
        return calls.answered(() ->
                calls.call(
                                GroupNames.of(group),
                                new QueueRequest.Sessions(
                                        Optional.empty(), Optional.ofNullable(client)),
                                QueueReply.SessionsTold.class)
                        .thenApply(
                                told -> GroupCalls.json(200, LookJson.sessions(told.holders()))));
    }

    @GET
    @Path("/sessions/{session}")
    @Operation(
            operationId = "describeSession",
            summary = "What a consumer has, and since when",
            description = "Is this consumer busy? Ask before it is stopped.")
    @APIResponse(responseCode = "200", description = "The session")
    @APIResponse(responseCode = "404", description = "unknown-group, unknown-session")
    public CompletionStage<Response> session(@RestPath String group, @RestPath String session) {
        return calls.answered(() -> {
            UUID id = GivenIds.session(session);
            return calls.call(
                            GroupNames.of(group),
                            new QueueRequest.Sessions(Optional.of(id), Optional.empty()),
                            QueueReply.SessionsTold.class)
                    .thenApply(told -> {
                        if (told.holders().isEmpty()) {
                            throw new ProblemException(
                                    ProblemType.UNKNOWN_SESSION,
                                    "There is no session " + id + ", or it ended");
                        }
                        return GroupCalls.json(200, LookJson.session(told.holders().getFirst()));
                    });
        });
    }

    @GET
    @Path("/scaling")
    @Operation(
            operationId = "queueScaling",
            summary = "One number for autoscalers",
            description =
                    "backlog is what is ready or being worked on. 503 rather than a number that is"
                            + " too small.")
    @APIResponse(responseCode = "200", description = "backlog, and what it is made of")
    @APIResponse(responseCode = "404", description = "unknown-group")
    @APIResponse(responseCode = "503", description = "numbers-incomplete")
    public CompletionStage<Response> scaling(@RestPath String group) {
        return calls.answered(() ->
                calls.call(GroupNames.of(group), new QueueRequest.Count(), QueueReply.Counted.class)
                        .thenApply(counted ->
                                GroupCalls.json(200, LookJson.scaling(counted, clock.wallMs()))));
    }
}
