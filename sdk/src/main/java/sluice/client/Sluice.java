package sluice.client;

/**
 * Where an application begins.
 *
 * <pre>{@code
 * try (SluiceClient client = Sluice.connect("http://localhost:8080,http://localhost:8081");
 *         Producer producer = client.producer().build()) {
 *     RecordMetadata written =
 *             producer.send(ProducerRecord.of("orders", "ann", "two apples")).join();
 *     System.out.println("written at offset " + written.offset());
 * }
 * }</pre>
 */
public final class Sluice {

    private Sluice() {}

    /**
     * Connects to a cluster, with defaults that suit most applications. Nothing is sent yet.
     *
     * @param gateways one or more addresses, such as {@code http://h1:8080,http://h2:8080}; the
     *     next one is tried when one fails, so name several
     * @return a client for the whole application, which closes it in the end
     * @throws IllegalArgumentException if an address is none
     */
    public static SluiceClient connect(String gateways) {
        return builder(gateways).build();
    }

    /** Connects to a cluster with settings of the application's own. */
    public static SluiceClientBuilder builder(String gateways) {
        return new SluiceClientBuilder(gateways);
    }
}
