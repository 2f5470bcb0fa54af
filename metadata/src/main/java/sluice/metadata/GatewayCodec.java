package sluice.metadata;

/**
 * The body of an item in {@code heartbeats}, whose key is the node's id:
 *
 * <pre>
 *   f         1
 *   wal       UUID
 *   counter   number
 *   age       number, absent in items of earlier gateways
 *   http      host:port for clients
 *   peer      host:port for gateways
 *   zone      text
 *   draining  true, absent otherwise
 * </pre>
 */
final class GatewayCodec {

    private GatewayCodec() {}

    static String encode(GatewayRecord gateway) {
        var json =
                StoredJson.write()
                        .put("wal", gateway.wal().toString())
                        .put("counter", gateway.counter())
                        .put("age", gateway.diskAge())
                        .put("http", gateway.httpAddress())
                        .put("peer", gateway.peerAddress())
                        .put("zone", gateway.zone());
        if (gateway.draining()) {
            json.put("draining", true);
        }
        return json.toString();
    }

    static GatewayRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.HEARTBEATS, key, body);
        return new GatewayRecord(
                json.uuidOf(key),
                json.uuid("wal"),
                json.number("counter"),
                json.optional("age").isPresent() ? json.number("age") : 0,
                json.text("http"),
                json.text("peer"),
                json.text("zone"),
                json.optional("draining").isPresent() && json.flag("draining"));
    }
}
