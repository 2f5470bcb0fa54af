package sluice.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import sluice.engine.exchange.RoutingTable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Clock;
import sluice.metadata.Binding;
import sluice.metadata.ExchangeRecord;
import sluice.metadata.ExchangeStore;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.TopicRecord;
import sluice.metadata.TopicStore;
import sluice.metadata.Versioned;

/**
 * Exchanges, compiled, with a cache that no change outlives by more than {@link FreshReads#FRESH}
 * while the store answers.
 *
 * <p>A binding names a topic by its id too, so that it ends with the topic: one that is made later
 * under its name is not bound. What a deletion leaves behind therefore does no harm, and goes when
 * the topic's name is bound again. Safe from any thread.
 */
public final class ExchangeCatalog implements Engine.Exchanges {

    /** An alternate, its alternate, and so on; longer chains are taken for mistakes. */
    static final int ALTERNATES_MAX = 8;

    private static final int CACHED_MAX = 10_000;

    /** Over all cached exchanges; a binding takes some hundred bytes. */
    private static final long BINDINGS_CACHED_MAX = 500_000;

    private static final int RACES_MAX = 20;
    private static final int PAGE = 100;
    private static final int SHOWN_MAX = 3;

    /** The topics as the store has them now, not as they were a moment ago. */
    public interface PresentTopics {
        /** The active topic of that name; blocks. */
        Optional<TopicRecord> find(String namespace, String name);
    }

    private record Compiled(long version, RoutingTable table) {}

    private final ExchangeStore store;
    private final PresentTopics topics;
    private final Clock clock;
    private final FreshReads<Compiled> cache;

    /**
     * @param blocking runs reads of the store
     */
    public ExchangeCatalog(
            ExchangeStore store, PresentTopics topics, Clock clock, Executor blocking) {
        this.store = store;
        this.topics = topics;
        this.clock = clock;
        this.cache =
                new FreshReads<>(
                        clock,
                        blocking,
                        CACHED_MAX,
                        each -> 1 + each.table().exchange().bindings().size(),
                        BINDINGS_CACHED_MAX);
    }

    static ExchangeCatalog of(EnginePorts ports) {
        var topicStore = new TopicStore(ports.items());
        return new ExchangeCatalog(
                new ExchangeStore(ports.items()),
                (namespace, name) ->
                        topicStore
                                .get(namespace, name)
                                .map(Versioned::value)
                                .filter(topic -> topic.state() == TopicRecord.State.ACTIVE),
                ports.lane(),
                ports.blocking());
    }

    @Override
    public CompletionStage<Optional<RoutingTable>> find(String namespace, String name) {
        return cache.find(key(namespace, name), before -> read(namespace, name, before))
                .thenApply(found -> found.map(Compiled::table));
    }

    /** An exchange that did not change is not compiled anew. */
    private Optional<Compiled> read(String namespace, String name, Optional<Compiled> before) {
        return store.get(namespace, name)
                .map(found ->
                        before.filter(each -> each.version() == found.version())
                                .orElseGet(() ->
                                        new Compiled(
                                                found.version(), RoutingTable.of(found.value()))));
    }

    private static String key(String namespace, String name) {
        return namespace + '/' + name;
    }

    @Override
    public ExchangeRecord get(String namespace, String name) {
        return existing(namespace, name).value();
    }

    private Versioned<ExchangeRecord> existing(String namespace, String name) {
        return store.get(namespace, name).orElseThrow(() -> unknown(name));
    }

    @Override
    public Stored put(
            String namespace, String name, ExchangeRecord.Type type, Optional<String> alternate) {
        for (int race = 0; race < RACES_MAX; race++) {
            alternate.ifPresent(other -> checkAlternate(namespace, name, other));
            var found = store.get(namespace, name);
            if (found.isPresent() && found.get().value().type() != type) {
                throw new SluiceException(
                        Kind.CONFLICT,
                        "exchange-exists",
                        "the exchange exists with another type: exchange=%s type=%s; delete it first, or choose another name"
                                .formatted(name, found.get().value().type()));
            }
            ExchangeRecord wanted =
                    found.map(present -> present.value().withAlternate(alternate))
                            .orElseGet(() ->
                                    new ExchangeRecord(
                                            namespace,
                                            name,
                                            type,
                                            alternate,
                                            List.of(),
                                            clock.wallMs()));
            if (stored(found, wanted)) {
                return new Stored(wanted, found.isEmpty());
            }
        }
        throw contended(name);
    }

    /** Two that are made each other's alternate at one time get by; publishing stands that. */
    private void checkAlternate(String namespace, String name, String alternate) {
        Optional<String> at = Optional.of(alternate);
        for (int step = 0; step < ALTERNATES_MAX; step++) {
            if (at.get().equals(name)) {
                throw alternateCycle(name, alternate);
            }
            var found = store.get(namespace, at.get());
            if (found.isEmpty() && step == 0) {
                throw unknown(alternate);
            }
            at = found.flatMap(each -> each.value().alternate());
            if (at.isEmpty()) {
                return;
            }
        }
        throw alternateCycle(name, alternate);
    }

    private static SluiceException alternateCycle(String name, String alternate) {
        return new SluiceException(
                Kind.CONFLICT,
                "alternate-cycle",
                "the alternate leads back to the exchange, or on through more than %d others: exchange=%s alternate=%s"
                        .formatted(ALTERNATES_MAX, name, alternate));
    }

    /**
     * @return false if another was faster
     */
    private boolean stored(Optional<Versioned<ExchangeRecord>> found, ExchangeRecord wanted) {
        if (found.isPresent() && found.get().value().equals(wanted)) {
            return true;
        }
        long version = found.map(Versioned::version).orElse(0L);
        boolean isApplied = store.put(wanted, version) instanceof Written.Applied;
        cache.forget(key(wanted.namespace(), wanted.name()));
        return isApplied;
    }

    @Override
    public void delete(String namespace, String name, boolean force) {
        for (int race = 0; race < RACES_MAX; race++) {
            var found = existing(namespace, name);
            if (!force) {
                checkNotInUse(namespace, name);
            }
            boolean isGone =
                    store.remove(namespace, name, found.version()) instanceof Written.Applied;
            cache.forget(key(namespace, name));
            if (isGone) {
                return;
            }
        }
        throw contended(name);
    }

    private void checkNotInUse(String namespace, String name) {
        var users = new ArrayList<String>();
        for (Versioned<ExchangeRecord> each : all(namespace)) {
            if (each.value().alternate().equals(Optional.of(name))) {
                users.add(each.value().name());
            }
        }
        if (!users.isEmpty()) {
            throw new SluiceException(
                    Kind.CONFLICT,
                    "exchange-in-use",
                    "the exchange is the alternate of others: exchange=%s count=%d of=%s; change these first, or force the deletion"
                            .formatted(
                                    name,
                                    users.size(),
                                    users.subList(0, Math.min(SHOWN_MAX, users.size()))));
        }
    }

    private List<Versioned<ExchangeRecord>> all(String namespace) {
        var all = new ArrayList<Versioned<ExchangeRecord>>();
        List<Versioned<ExchangeRecord>> page = store.list(namespace, "", PAGE);
        all.addAll(page);
        while (page.size() == PAGE) {
            page = store.list(namespace, page.getLast().value().name(), PAGE);
            all.addAll(page);
        }
        return all;
    }

    @Override
    public Changed bind(String namespace, String name, List<Named> bindings) {
        Map<String, Long> ids = new HashMap<>();
        for (Named each : bindings) {
            ids.computeIfAbsent(each.topic(), topic -> presentId(namespace, topic));
        }
        return changed(
                namespace,
                name,
                exchange -> {
                    var wanted = new HashSet<Binding>();
                    for (Binding each : exchange.bindings()) {
                        // A topic of that name that is gone leaves its bindings to nobody.
                        if (ids.getOrDefault(each.topic(), each.topicId()) == each.topicId()) {
                            wanted.add(each);
                        }
                    }
                    for (Named each : bindings) {
                        var binding =
                                new Binding(
                                        each.topic(),
                                        ids.getOrDefault(each.topic(), 0L),
                                        each.routingKey().orElse(""),
                                        each.match());
                        binding.check(exchange.type());
                        wanted.add(binding);
                    }
                    return exchange.withBindings(List.copyOf(wanted));
                });
    }

    private long presentId(String namespace, String topic) {
        return topics.find(namespace, topic).orElseThrow(() -> TopicCatalog.unknown(topic)).id();
    }

    @Override
    public Changed unbind(String namespace, String name, List<Named> bindings) {
        Map<String, List<Named>> byTopic = new HashMap<>();
        bindings.forEach(
                each -> byTopic.computeIfAbsent(each.topic(), _ -> new ArrayList<>()).add(each));
        return changed(
                namespace,
                name,
                exchange ->
                        exchange.withBindings(
                                exchange.bindings().stream()
                                        .filter(each ->
                                                byTopic
                                                        .getOrDefault(each.topic(), List.of())
                                                        .stream()
                                                        .noneMatch(named -> isMeant(named, each)))
                                        .toList()));
    }

    private static boolean isMeant(Named named, Binding binding) {
        boolean isWholeTopic = named.routingKey().isEmpty() && named.match().isEmpty();
        return isWholeTopic
                || (named.routingKey().orElse("").equals(binding.routingKey())
                        && named.match().equals(binding.match()));
    }

    private Changed changed(
            String namespace, String name, Function<ExchangeRecord, ExchangeRecord> change) {
        for (int race = 0; race < RACES_MAX; race++) {
            var found = existing(namespace, name);
            ExchangeRecord wanted = change.apply(found.value());
            if (stored(Optional.of(found), wanted)) {
                return new Changed(wanted, differences(found.value(), wanted));
            }
        }
        throw contended(name);
    }

    private static int differences(ExchangeRecord before, ExchangeRecord after) {
        var all = new HashSet<>(before.bindings());
        all.addAll(after.bindings());
        int common = before.bindings().size() + after.bindings().size() - all.size();
        return all.size() - common;
    }

    /** Takes away what binds a topic that is going; what others write meanwhile stays. */
    public void topicDeleted(String namespace, long topicId) {
        for (Versioned<ExchangeRecord> each : all(namespace)) {
            if (each.value().bindings().stream().anyMatch(to -> to.topicId() == topicId)) {
                withoutTopic(namespace, each.value().name(), topicId);
            }
        }
    }

    private void withoutTopic(String namespace, String name, long topicId) {
        try {
            changed(
                    namespace,
                    name,
                    exchange ->
                            exchange.withBindings(
                                    exchange.bindings().stream()
                                            .filter(each -> each.topicId() != topicId)
                                            .toList()));
        } catch (SluiceException e) {
            // Deleted meanwhile: so are its bindings.
            if (e.kind() != Kind.NOT_FOUND) {
                throw e;
            }
        }
    }

    @Override
    public List<ExchangeRecord> list(String namespace, String after, int max) {
        return store.list(namespace, after, max).stream().map(Versioned::value).toList();
    }

    private static SluiceException unknown(String name) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-exchange",
                "there is no such exchange: exchange="
                        + name
                        + "; create it with PUT, or list them");
    }

    private static SluiceException contended(String name) {
        return new SluiceException(
                Kind.UNAVAILABLE,
                "metadata-contended",
                "others keep changing the exchange: exchange=" + name + "; retry after a pause");
    }
}
