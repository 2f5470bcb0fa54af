package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.PullSessions;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.StreamConfig;

/**
 * The sessions of members that poll, each made at the member's first poll here.
 *
 * <p>A session that was not polled for some seconds lets go of what it read ahead, and keeps its
 * places; one that was not polled for long is forgotten, and its member goes on at what it
 * committed.
 */
public final class PolledSessions implements PullSessions {

    /** Without a poll for so long, nothing is held read ahead. */
    static final Duration REST_AFTER = Duration.ofSeconds(5);

    /** Without a poll for so long, places are forgotten too. */
    static final Duration FORGET_AFTER = Duration.ofHours(1);

    private final Lane lane;
    private final GroupCoordinator groups;
    private final Function<String, PartitionSource> sources;
    private final SessionLimits limits;
    private final ReadRoom room;
    private final int sessionsMax;

    /** In the order of their last polls. */
    private final LinkedHashMap<Key, PolledSession> sessions = new LinkedHashMap<>(16, 0.75f, true);

    private Lane.@Nullable Timer sweepTimer;

    private record Key(GroupName group, UUID member) {}

    /**
     * @param lane on which the coordinator calls
     * @param groups the same coordinator, for the sessions' heartbeats and commits
     * @param sources of the topics of a namespace
     * @param sessionsMax over it, those not polled for longest are forgotten
     */
    public PolledSessions(
            Lane lane,
            GroupCoordinator groups,
            Function<String, PartitionSource> sources,
            SessionLimits limits,
            ReadRoom room,
            int sessionsMax) {
        this.lane = lane;
        this.groups = groups;
        this.sources = sources;
        this.limits = limits;
        this.room = room;
        this.sessionsMax = sessionsMax;
    }

    @Override
    public void poll(
            GroupName group,
            StreamConfig config,
            GroupRequest.Poll request,
            Consumer<Outcome<GroupReply.Polled>> answer) {
        lane.assertOwner();
        var key = new Key(group, request.member());
        PolledSession session = sessions.get(key);
        if (session == null) {
            makeRoom();
            session =
                    new PolledSession(
                            lane,
                            groups,
                            sources.apply(group.namespace()),
                            group,
                            limits,
                            room,
                            () -> sessions.remove(key));
            sessions.put(key, session);
            session.begin(request.member(), config);
        }
        session.poll(request, answer);
        if (sweepTimer == null) {
            sweepTimer = lane.schedule(REST_AFTER, this::sweep);
        }
    }

    private void makeRoom() {
        while (sessions.size() >= sessionsMax) {
            sessions.pollFirstEntry().getValue().end();
        }
    }

    @Override
    public void ended(GroupName group, UUID member) {
        lane.assertOwner();
        PolledSession session = sessions.remove(new Key(group, member));
        if (session != null) {
            session.end();
        }
    }

    private void sweep() {
        sweepTimer = null;
        for (Map.Entry<Key, PolledSession> entry : List.copyOf(sessions.entrySet())) {
            Duration quiet = entry.getValue().quietFor();
            if (quiet.compareTo(FORGET_AFTER) >= 0) {
                sessions.remove(entry.getKey());
                entry.getValue().end();
            } else if (quiet.compareTo(REST_AFTER) >= 0) {
                entry.getValue().rest();
            }
        }
        if (!sessions.isEmpty()) {
            sweepTimer = lane.schedule(REST_AFTER, this::sweep);
        }
    }

    /** Sessions there are now. */
    public int size() {
        return sessions.size();
    }

    static SluiceException endedElsewhere(GroupName group) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "group-moved",
                "the member's session ended here: group=" + group + "; poll again");
    }

    static List<GroupReply.Slice> slices(List<Chunk> chunks) {
        var slices = new ArrayList<GroupReply.Slice>(chunks.size());
        for (Chunk chunk : chunks) {
            slices.add(
                    new GroupReply.Slice(
                            chunk.partition(),
                            chunk.from(),
                            chunk.nextOffset(),
                            chunk.watermarks().highWatermark(),
                            chunk.batches()));
        }
        return slices;
    }
}
