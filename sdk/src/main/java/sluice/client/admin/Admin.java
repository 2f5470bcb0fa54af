package sluice.client.admin;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Call;
import sluice.client.http.Futures;
import sluice.client.json.Json;
import sluice.client.json.JsonException;
import sluice.client.record.TopicPartition;

/**
 * Looks at a cluster and changes it. Each method returns when it is done; used by any thread.
 *
 * <pre>{@code
 * Admin admin = client.admin();
 * admin.createTopic("orders", TopicSettings.defaults().partitions(6).retention("30d"));
 * admin.putGroup("billing", GroupSettings.reading("orders"));
 * admin.putQueue("jobs", QueueSettings.defaults().deliveryLimit(5));
 * }</pre>
 *
 * <p>All methods throw {@link SluiceApiException} if the cluster refuses (its code says why),
 * {@link RetriableException} if no gateway could do it in time, and {@link
 * sluice.client.error.UnknownOutcomeException} if it may have been done. All of them may be
 * repeated.
 */
public final class Admin {

    private static final int PAGE = 1000;
    private static final String NOT_FOUND_TOPIC = "unknown-topic";
    private static final String NOT_FOUND_GROUP = "unknown-group";

    private final ApiClient api;
    private final Duration timeout;

    /**
     * Called by {@code SluiceClient.admin()}.
     *
     * @param timeout of each call
     */
    public Admin(ApiClient api, Duration timeout) {
        this.api = api;
        this.timeout = timeout;
    }

    // --- topics

    /**
     * Makes a topic, if it is not there just so.
     *
     * @return true if it was made; false if it was there, perhaps since an earlier attempt of this
     *     call whose answer was lost
     * @throws SluiceApiException {@code topic-exists} if it is there with another configuration
     */
    public boolean createTopic(String topic, TopicSettings settings) {
        return send(Call.put(topicPath(topic), Requests.of(settings))).status() == 201;
    }

    /**
     * @throws SluiceApiException {@code unknown-topic}
     */
    public TopicDescription describeTopic(String topic) {
        return read(Call.get(topicPath(topic)), Answers::topicDescription);
    }

    /**
     * Changes what the settings name, and leaves the rest as it is.
     *
     * @throws SluiceApiException {@code unknown-topic}, {@code partitions-shrink}
     */
    public TopicInfo changeTopic(String topic, TopicSettings settings) {
        return read(Call.patch(topicPath(topic), Requests.of(settings)), Answers::topic);
    }

    /**
     * Deletes a topic with all its records.
     *
     * @return false if it was not there, perhaps since an earlier attempt of this call
     */
    public boolean deleteTopic(String topic) {
        return delete(topicPath(topic), NOT_FOUND_TOPIC);
    }

    /** All topics, by name. */
    public List<TopicInfo> listTopics() {
        return pages("/v1/topics?max=" + PAGE, "topics", Answers::topic);
    }

    // --- groups

    /**
     * Makes a stream group, or gives the one that is there these settings.
     *
     * @return true if it was made; false if it was there
     * @throws SluiceApiException {@code group-exists} if it is of another type; {@code
     *     unknown-topic}, {@code pattern-matches-nothing} unless that is allowed
     */
    public boolean putGroup(String group, GroupSettings settings) {
        return send(Call.put(groupPath(group), Requests.of(settings))).status() == 201;
    }

    /**
     * Makes a queue: a topic, unless there is one of that name, and its queue group of the same
     * name; or gives the one that is there these settings.
     *
     * @return true if it was made; false if it was there
     * @throws SluiceApiException {@code group-exists} if a stream group has the name
     */
    public boolean putQueue(String queue, QueueSettings settings) {
        if (!settings.topics().isEmpty()) {
            throw new IllegalArgumentException(
                    "a queue reads the topic of its name: topics="
                            + settings.topics()
                            + "; use putQueueGroup");
        }
        String path = "/v1/queues/" + Call.segment(queue);
        return send(Call.put(path, Requests.ofQueue(settings))).status() == 201;
    }

    /**
     * Makes a queue group on topics that are there, or gives the one that is there these settings.
     *
     * @return true if it was made; false if it was there
     * @throws SluiceApiException {@code group-exists} if it is of another type; {@code
     *     unknown-topic}, {@code pattern-matches-nothing}
     */
    public boolean putQueueGroup(String group, QueueSettings settings) {
        return send(Call.put(groupPath(group), Requests.ofQueueGroup(settings))).status() == 201;
    }

    /**
     * A stream group. Of a queue group, see {@link #queueNumbers}.
     *
     * @throws SluiceApiException {@code unknown-group}, {@code wrong-group-type}
     */
    public GroupDescription describeGroup(String group) {
        return read(
                Call.get(groupPath(group)),
                found -> {
                    if (found.text("type").equals("queue")) {
                        throw noStreamGroup(group);
                    }
                    return Answers.groupDescription(found);
                });
    }

    /** A gateway describes groups of both types at one address. */
    private static SluiceApiException noStreamGroup(String group) {
        return new SluiceApiException(
                "describe group " + group,
                new Problem(
                        "wrong-group-type",
                        409,
                        "A group of another type is needed for this",
                        "a stream group was asked for, and this is a queue group: group=" + group,
                        "Ask for its numbers.",
                        Map.of()));
    }

    /**
     * How a queue, or any queue group, stands.
     *
     * @throws SluiceApiException {@code unknown-group}, {@code wrong-group-type}
     */
    public QueueNumbers queueNumbers(String queue) {
        return read(Call.get(groupPath(queue) + "/stats"), Answers::queueNumbers);
    }

    /**
     * Gives out nothing of a queue group until {@link #resumeQueue}; what consumers have, they may
     * settle.
     *
     * @throws SluiceApiException {@code unknown-group}, {@code wrong-group-type}
     */
    public void pauseQueue(String queue) {
        send(Call.post(groupPath(queue) + "/pause", Requests.nothing()).repeatable());
    }

    /** Ends a {@link #pauseQueue}. */
    public void resumeQueue(String queue) {
        send(Call.post(groupPath(queue) + "/resume", Requests.nothing()).repeatable());
    }

    /**
     * Makes all messages of a queue group done that are ready or delayed. Those that consumers have
     * stay theirs; other groups of the topic have theirs still.
     *
     * @return how many there were; if an attempt of this call whose answer was lost has done some,
     *     without these
     * @throws SluiceApiException {@code unknown-group}, {@code wrong-group-type}
     */
    public long purgeQueue(String queue) {
        return read(
                Call.post(groupPath(queue) + "/purge", Requests.nothing()).repeatable(),
                purged -> purged.number("purged"));
    }

    /** All groups whose names begin so, by name; all there are if the prefix is empty. */
    public List<GroupInfo> listGroups(String prefix) {
        return pages(
                "/v1/groups?max=%d&prefix=%s".formatted(PAGE, Call.segment(prefix)),
                "groups",
                Answers::group);
    }

    /**
     * Deletes a group and what it committed.
     *
     * @param force even if it has members
     * @return false if it was not there, perhaps since an earlier attempt of this call
     * @throws SluiceApiException {@code group-has-members} without {@code force}
     */
    public boolean deleteGroup(String group, boolean force) {
        return delete(groupPath(group) + (force ? "?force=true" : ""), NOT_FOUND_GROUP);
    }

    /** What the group has committed, by partition: the offset to go on from. */
    public Map<TopicPartition, Long> committedOffsets(String group) {
        return read(Call.get(groupPath(group) + "/offsets"), Answers::offsets);
    }

    /**
     * Commits offsets for a group that has no members; all or none.
     *
     * @throws SluiceApiException {@code group-has-members}, {@code offset-out-of-range}
     */
    public void commitOffsets(String group, Map<TopicPartition, Long> offsets) {
        send(Call.post(groupPath(group) + "/offsets", Requests.commit(offsets)).repeatable());
    }

    /** What {@link #reset} would do; changes nothing. */
    public List<ResetMove> previewReset(String group, ResetTo to) {
        return reset(group, to, List.of(), List.of(), true);
    }

    /** Moves all of a group's partitions; members that read go on from there at once. */
    public List<ResetMove> reset(String group, ResetTo to) {
        return reset(group, to, List.of(), List.of(), false);
    }

    /**
     * Moves some of a group's partitions.
     *
     * @param topics empty for all
     * @param partitions of each of them; empty for all
     * @param isDryRun only tells what it would do
     */
    public List<ResetMove> reset(
            String group,
            ResetTo to,
            Collection<String> topics,
            Collection<Integer> partitions,
            boolean isDryRun) {
        byte[] body = Requests.reset(to, topics, partitions, isDryRun);
        // Moved once or twice, it ends at the same place, but for what a member did in between.
        return read(Call.post(groupPath(group) + "/reset", body).repeatable(), Answers::moves);
    }

    // --- cluster

    /** Gateways and logs, as the gateway that is asked sees them. */
    public ClusterDescription cluster() {
        return read(Call.get("/v1/cluster"), Answers::cluster);
    }

    // --- calls

    private static String topicPath(String topic) {
        return "/v1/topics/" + Call.segment(topic);
    }

    private static String groupPath(String group) {
        return "/v1/groups/" + Call.segment(group);
    }

    private Answer send(Call call) {
        return Futures.await(api.send(call, timeout));
    }

    private <T> T read(Call call, Function<Json, T> reading) {
        Answer answer = send(call);
        try {
            return reading.apply(answer.json());
        } catch (JsonException | DateTimeException | IllegalArgumentException notUnderstood) {
            throw new RetriableException(
                    "the answer to %s is not understood: %s"
                            .formatted(call, notUnderstood.getMessage()),
                    notUnderstood);
        }
    }

    private boolean delete(String path, String notFound) {
        try {
            send(Call.delete(path));
            return true;
        } catch (SluiceApiException refused) {
            if (refused.code().equals(notFound)) {
                return false;
            }
            throw refused;
        }
    }

    private <T> List<T> pages(String path, String field, Function<Json, T> reading) {
        var all = new ArrayList<T>();
        String after = "";
        do {
            String page = after.isEmpty() ? path : path + "&after=" + Call.segment(after);
            after =
                    read(
                            Call.get(page),
                            document -> {
                                document.list(field).stream().map(reading).forEach(all::add);
                                return document.text("nextAfter", "");
                            });
        } while (!after.isEmpty());
        return all;
    }
}
