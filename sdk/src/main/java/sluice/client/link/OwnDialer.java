package sluice.client.link;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Opens streams that each have a connection of their own. */
final class OwnDialer implements StreamDialer {

    private final SocketDialer sockets;

    OwnDialer(SocketDialer sockets) {
        this.sockets = sockets;
    }

    @Override
    public void dial(URI gateway, String group, Listener listener) {
        String segment = URLEncoder.encode(group, StandardCharsets.UTF_8).replace("+", "%20");
        sockets.dial(at(gateway, "/v1/groups/" + segment + "/stream"), new Whole(listener));
    }

    /** Where the gateway has its WebSockets. */
    static URI at(URI gateway, String path) {
        String scheme = "https".equals(gateway.getScheme()) ? "wss" : "ws";
        return URI.create(scheme + "://" + gateway.getRawAuthority() + path);
    }

    /** A WebSocket that is one stream's. */
    private record Whole(Listener stream) implements SocketDialer.Listener {

        @Override
        public void opened(SocketDialer.Socket socket) {
            stream.opened(
                    new StreamConnection() {
                        @Override
                        public void send(String frame) {
                            socket.text(frame);
                        }

                        @Override
                        public void close(int code, String reason) {
                            socket.close(code, reason);
                        }

                        @Override
                        public void abort() {
                            socket.abort();
                        }
                    });
        }

        @Override
        public void text(String message) {
            stream.text(message);
        }

        @Override
        public void binary(ByteBuffer message) {
            stream.binary(message);
        }

        @Override
        public void refused(int status, String reason) {
            stream.refused(status, reason);
        }

        @Override
        public void closed(int code, String reason) {
            stream.closed(code, reason);
        }
    }
}
