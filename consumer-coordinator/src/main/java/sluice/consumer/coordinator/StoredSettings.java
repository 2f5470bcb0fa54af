package sluice.consumer.coordinator;

import java.util.List;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.GroupRecord;
import sluice.metadata.QueueConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.Versioned;

/** A group's settings, and their changes: checked, written, then followed and answered. */
final class StoredSettings {

    /** Told what becomes of a change. */
    interface Observer {
        /** The settings are stored; these are the topics that they name now. */
        void changed(List<TopicRecord> topics);

        /** The item is another coordinator's now, or what it holds is not known. */
        void lost(SluiceException why);
    }

    private final GroupPorts ports;
    private final GroupName name;
    private final Observer observer;
    private Versioned<GroupRecord> group;
    private boolean isChanging;

    StoredSettings(
            GroupPorts ports, GroupName name, Versioned<GroupRecord> group, Observer observer) {
        this.ports = ports;
        this.name = name;
        this.group = group;
        this.observer = observer;
    }

    Versioned<GroupRecord> versioned() {
        return group;
    }

    GroupRecord record() {
        return group.value();
    }

    boolean isChanging() {
        return isChanging;
    }

    /**
     * @throws SluiceException as {@link GroupRequest.Put} says
     */
    void put(GroupRequest.Put request, Answer answer) {
        if (request.config().type() != record().config().type()) {
            throw GroupSettings.exists(record().config().type());
        }
        start(kept(request), answer);
    }

    /** Whether a queue is paused is not part of a change. */
    private GroupRequest.Put kept(GroupRequest.Put request) {
        return request.config() instanceof QueueConfig next
                        && record().config() instanceof QueueConfig now
                ? new GroupRequest.Put(next.withPaused(now.isPaused()), request.allowMissing())
                : request;
    }

    /** Changes nothing but whether a queue is paused. */
    void pause(QueueConfig now, boolean isPaused, Answer answer) {
        start(new GroupRequest.Put(now.withPaused(isPaused), true), answer);
    }

    private void start(GroupRequest.Put request, Answer answer) {
        GroupSettings.check(request.config());
        if (isChanging) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "group-changing",
                    "the group's settings are being changed; retry after a pause");
        }
        isChanging = true;
        Asks.answered(
                ports.topics().matching(name.namespace(), request.config().topics()),
                ports.lane(),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<List<TopicRecord>>(var found) ->
                                write(request, found, answer);
                        case Outcome.Failure<List<TopicRecord>>(var error) ->
                                refused(error, answer);
                    }
                });
    }

    private void refused(SluiceException error, Answer answer) {
        isChanging = false;
        answer.fail(error);
    }

    private void write(GroupRequest.Put request, List<TopicRecord> found, Answer answer) {
        try {
            GroupSettings.checkTopics(
                    request.config(), found, request.allowMissing(), ports.limits());
        } catch (SluiceException e) {
            refused(e, answer);
            return;
        }
        if (leadsWhereItDid(request.config())) {
            store(request, found, answer);
            return;
        }
        DeadLetterCycles.check(
                ports,
                name,
                request.config(),
                () -> store(request, found, answer),
                error -> refused(error, answer));
    }

    /** Groups of a circle that came about at one moment stay changeable but for what made it. */
    private boolean leadsWhereItDid(GroupConfig next) {
        return next instanceof QueueConfig then
                && record().config() instanceof QueueConfig now
                && then.topics().equals(now.topics())
                && then.deadLetters().equals(now.deadLetters());
    }

    private void store(GroupRequest.Put request, List<TopicRecord> found, Answer answer) {
        GroupRecord next = record().withConfig(request.config());
        GroupRemoval.write(
                ports,
                () -> ports.store().put(next, group.version()),
                version -> {
                    isChanging = false;
                    group = new Versioned<>(next, version);
                    observer.changed(found);
                    answer.reply(new GroupReply.Stored(false, request.config()));
                },
                error -> {
                    refused(error, answer);
                    if (!OffsetWrites.isNotDone(error) || OffsetWrites.isMoved(error)) {
                        observer.lost(error);
                    }
                });
    }
}
