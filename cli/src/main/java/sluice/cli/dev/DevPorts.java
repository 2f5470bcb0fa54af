package sluice.cli.dev;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import sluice.log.SluiceException;

/**
 * Where everything of one {@code dev} listens, on loopback alone.
 *
 * @param http one a gateway
 * @param peer one a gateway, for the links between gateways
 */
record DevPorts(List<Integer> http, List<Integer> peer, int s3, int dynamoDb) {

    static final int PEER_DISTANCE = 1000;
    static final int STORE_DISTANCE = 2000;
    static final int BASE_MAX = 65_535 - STORE_DISTANCE - 1;

    DevPorts {
        http = List.copyOf(http);
        peer = List.copyOf(peer);
    }

    /** HTTP from {@code base} up, peers 1000 above, S3 and DynamoDB 2000 above. */
    static DevPorts above(int base, int gateways) {
        return new DevPorts(
                IntStream.range(base, base + gateways).boxed().toList(),
                IntStream.range(base, base + gateways).map(p -> p + PEER_DISTANCE).boxed().toList(),
                base + STORE_DISTANCE,
                base + STORE_DISTANCE + 1);
    }

    /** Ports the operating system has free just now. */
    static DevPorts free(int gateways) {
        var held = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < 2 * gateways + 2; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            var ports = held.stream().map(ServerSocket::getLocalPort).toList();
            return new DevPorts(
                    ports.subList(0, gateways),
                    ports.subList(gateways, 2 * gateways),
                    ports.get(2 * gateways),
                    ports.get(2 * gateways + 1));
        } catch (IOException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "no-free-port",
                    "no free port was to be had: " + e.getMessage(),
                    e);
        } finally {
            held.forEach(DevPorts::close);
        }
    }

    /**
     * @throws SluiceException CONFLICT {@code port-taken} if something listens on one of the ports
     */
    void checkFree() {
        for (int i = 0; i < http.size(); i++) {
            checkFree(http.get(i), "gateway-" + (i + 1));
            checkFree(peer.get(i), "the peer link of gateway-" + (i + 1));
        }
        checkFree(s3, "the local S3 server");
        checkFree(dynamoDb, "the local DynamoDB");
    }

    private static void checkFree(int port, String user) {
        // Both ways: some systems let a listener on one address bind beside one on all addresses.
        if (answers(port) || !canBind(port)) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT,
                    "port-taken",
                    "port %d, wanted for %s, is taken by another process; stop that, or choose other ports with --port"
                            .formatted(port, user));
        }
    }

    private static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean canBind(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was never used; the port is free when this process ends at the latest.
        }
    }
}
