package sluice.gateway;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of one gateway process; every key starts with {@code sluice.}. A key that is not here is
 * an error at start.
 */
@ConfigMapping(prefix = "sluice")
public interface GatewayConfig {

    /** Folder of the wal and of the disk's identity; a gateway keeps it for itself. */
    @WithDefault(".sluice/gateway")
    Path dataDir();

    /**
     * Name of the failure zone; members of a segment are spread over zones where there are some.
     */
    @WithDefault("local")
    String zone();

    /**
     * Disks that hold a record before acks=all is answered, the owner's included. More survive more
     * failures and cost more traffic.
     */
    @WithDefault("3")
    int replicationFactor();

    /**
     * With fewer gateways in reach than this, the owner's included, writes are refused; with fewer
     * than the replication factor but this many they go on, on fewer disks. More is safer, fewer
     * serves on. The default is 2, or 1 with a replication factor of 1.
     */
    OptionalInt membersMin();

    /**
     * A member of a wal segment may be slower than the others by so much before it is left behind.
     * Longer means longer stalls when a disk or a network hesitates, and fewer new segments.
     */
    @WithDefault("25ms")
    Duration slowMemberFloor();

    /** How long a stop may take to bring everything into objects before the process ends anyway. */
    @WithDefault("15s")
    Duration drainMax();

    Peer peer();

    Http http();

    Cluster cluster();

    S3 s3();

    Dynamodb dynamodb();

    Limits limits();

    Dev dev();

    /** Where other gateways reach this one. */
    interface Peer {
        /** Address to listen on. */
        @WithDefault("127.0.0.1")
        String host();

        /** Port to listen on; 0 takes a free one. */
        @WithDefault("0")
        int port();

        /**
         * Address told to other gateways, such as 10.0.0.7:9080, where they reach this one through
         * a port mapping or a proxy; else host and port.
         */
        Optional<String> advertised();
    }

    /** Where clients reach this gateway. */
    interface Http {
        /**
         * Address told to clients and other gateways, such as 10.0.0.7:8080; else host and port.
         */
        Optional<String> advertised();
    }

    /** What this gateway may assume of its cluster. */
    interface Cluster {
        /**
         * Gateways to wait for before slots are shared out, so that the first to start takes not
         * all.
         */
        @WithDefault("1")
        int expectedGateways();

        /** Number of slots of a new cluster, for ever; more spread finer and cost more items. */
        @WithDefault("1024")
        int slots();
    }

    /** The object store. */
    interface S3 {
        /** Address of an S3 server that is not Amazon's. */
        Optional<URI> endpoint();

        /** Bucket for everything that is kept. */
        @WithDefault("sluice")
        String bucket();

        @WithDefault("us-east-1")
        String region();

        /** With the secret key: fixed credentials; without both, the default chain of the SDK. */
        Optional<String> accessKey();

        Optional<String> secretKey();

        /**
         * Bucket in the path and not in the host name, as most servers that are not Amazon's want.
         */
        @WithDefault("false")
        boolean pathStyle();
    }

    /** The metadata store. */
    interface Dynamodb {
        /** Address of a DynamoDB server that is not Amazon's. */
        Optional<URI> endpoint();

        @WithDefault("us-east-1")
        String region();

        /** First part of every table's name, so that clusters can share an account. */
        @WithDefault("sluice-")
        String tablePrefix();

        /** With the secret key: fixed credentials; without both, the default chain of the SDK. */
        Optional<String> accessKey();

        Optional<String> secretKey();
    }

    /** Bounds that keep one gateway alive under any load; over them callers are refused. */
    interface Limits {
        /** Largest body of a request. Larger ones cost more memory for each producer. */
        @WithDefault("16M")
        MemorySize bodyBytesMax();

        /** Longest time from a request's head to the end of its body. */
        @WithDefault("30s")
        Duration bodyTimeout();

        /** Bytes of bodies that are being read or appended at one time; over it: 429. */
        @WithDefault("128M")
        MemorySize produceBytesInFlightMax();

        /** Bytes of fetched batches that are being written to callers at one time; over it: 429. */
        @WithDefault("128M")
        MemorySize fetchBytesInFlightMax();

        /** Largest maxBytes that a fetch may ask for. */
        @WithDefault("8M")
        MemorySize fetchBytesMax();

        /** Requests that may wait for records at one time; over it: 429. */
        @WithDefault("20000")
        int pollsMax();

        /** Longest wait that a fetch may ask for. Keep it below every idle timeout on the way. */
        @WithDefault("30s")
        Duration pollWaitMax();

        /** Streams of groups that may be open at one time, each a member; over it: 429. */
        @WithDefault("10000")
        int streamsMax();

        /** A connection that streams share is closed if it has none of them for so long. */
        @WithDefault("30s")
        Duration sharedConnectionIdleMax();

        /**
         * How long what was published is sent again to the topics of an exchange that do not have
         * it while others do. Longer spares callers more repetitions, and lets them wait.
         */
        @WithDefault("10s")
        Duration publishAgainMax();

        /**
         * Bytes of batches that all streams together hold read ahead. More keeps more members busy
         * while their partitions' owners are slow.
         */
        @WithDefault("64M")
        MemorySize streamBytesAheadMax();

        /** Largest record of a topic that names no other limit. */
        @WithDefault("1M")
        MemorySize recordBytesDefault();

        /** Budget of the wal's disk, this gateway's copies and its peers'; over it: 429. */
        @WithDefault("16G")
        MemorySize diskBytesMax();

        /** Most partitions that one topic may have. */
        @WithDefault("10000")
        int partitionsMax();
    }

    /** For development and tests; never set in production. */
    interface Dev {
        /** Make bucket and tables at start if they are missing. */
        @WithDefault("false")
        boolean createStores();

        /** Process whose end ends this one, so that a killed launcher leaves nothing behind. */
        Optional<Long> parentPid();
    }
}
