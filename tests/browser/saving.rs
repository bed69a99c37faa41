//! What a file saved from the page holds, and what its menus offer.

use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::desk::Desk;

/// The page as « Enregistrer sous » writes it in one file, every part decoded.
fn saved_in_one_file(desk: &Desk) -> String {
    let snapshot = desk.chromium.cdp("Page.captureSnapshot", &json!({"format": "mhtml"}));
    decoded(snapshot["data"].as_str().expect("an MHTML file"))
}

/// Quoted-printable and base 64 undone, heads of the parts kept.
fn decoded(mhtml: &str) -> String {
    let text = mhtml.replace("\r\n", "\n");
    let boundary =
        text.split_once("boundary=\"").and_then(|(_, rest)| rest.split_once('"')).expect("parts").0;
    let mut whole = String::new();
    for part in text.split(&format!("--{boundary}")) {
        let (head, body) = part.split_once("\n\n").unwrap_or((part, ""));
        whole.push_str(head);
        whole.push('\n');
        whole.push_str(&match head {
            head if head.contains("quoted-printable") => unquoted(body),
            head if head.contains("base64") => {
                let packed: String = body.split_whitespace().collect();
                String::from_utf8_lossy(&BASE64.decode(packed.as_bytes()).expect("base 64")).into_owned()
            }
            _ => body.to_owned(),
        });
    }
    whole
}

fn unquoted(text: &str) -> String {
    let joined = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        let hex =
            (*first == b'=').then(|| after.get(..2)).flatten().and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => bytes.push(*first),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The page as « page web complète » writes it: the document as it stands, and every resource.
fn saved_complete(desk: &Desk) -> String {
    let mut whole = desk.chromium.text("document.documentElement.outerHTML");
    desk.chromium.cdp("Page.enable", &json!({}));
    let tree = desk.chromium.cdp("Page.getResourceTree", &json!({}));
    let frame = &tree["frameTree"]["frame"]["id"];
    let resources = tree["frameTree"]["resources"].as_array().expect("resources");
    for resource in resources {
        let asked = json!({"frameId": frame, "url": resource["url"]});
        let content = desk.chromium.cdp("Page.getResourceContent", &asked);
        let text = content["content"].as_str().expect("a content");
        whole.push_str(&format!("\n{} {}\n", resource["mimeType"], resource["url"]));
        if content["base64Encoded"] == json!(true) {
            let bytes = BASE64.decode(text.as_bytes()).expect("base 64");
            whole.push_str(&String::from_utf8_lossy(&bytes));
        } else {
            whole.push_str(text);
        }
    }
    whole
}

/// What a picture would be saved as.
const PICTURES: [&str; 7] =
    ["image/png", "image/jpeg", "image/webp", "data:image", "blob:", "<img", "\u{fffd}PNG"];

fn pictures_in(saved: &str) -> Vec<&'static str> {
    PICTURES.iter().filter(|mark| saved.contains(**mark)).copied().collect()
}

#[test]
fn e12_a_page_saved_from_the_default_display_holds_no_name_no_number_and_no_picture() {
    let desk = Desk::open();
    for page in desk.pixel_pages() {
        desk.look_at(&page);
        for saved in [saved_in_one_file(&desk), saved_complete(&desk)] {
            assert!(saved.contains("<canvas") && saved.contains("parvis.css"), "{page}: the page itself");
            assert_eq!(desk.personal_in(&saved), Vec::<&str>::new(), "{page}");
            assert_eq!(pictures_in(&saved), Vec::<&str>::new(), "{page}");
        }
    }
    // Positive control: text in the page is saved, and a picture is.
    for page in desk.text_pages() {
        desk.visit(&page);
        for saved in [saved_in_one_file(&desk), saved_complete(&desk)] {
            assert!(!desk.personal_in(&saved).is_empty(), "{page}");
        }
    }
    desk.look_at(&desk.sheets[0]);
    desk.chromium.cdp("Page.setBypassCSP", &json!({"enabled": true}));
    desk.look_at(&desk.sheets[0]);
    desk.chromium.script_later(
        "const back = arguments[arguments.length - 1];
         const picture = new Image();
         picture.onload = back;
         picture.src = document.querySelector('canvas').toDataURL();
         document.body.append(picture);",
    );
    assert!(!pictures_in(&saved_in_one_file(&desk)).is_empty());
    assert!(!pictures_in(&saved_complete(&desk)).is_empty());
}

/// The element under the pointer at the middle of the first canvas that is painted, told by a script
/// and by the right button.
fn under_the_pointer(desk: &Desk) -> Vec<String> {
    let place = desk.chromium.script(
        "window.clicked = 'nothing';
         addEventListener('contextmenu', (event) => { window.clicked = event.target.localName; }, true);
         const canvas = document.querySelector('canvas.painted');
         canvas.scrollIntoView({block: 'center'});
         const box = canvas.getBoundingClientRect();
         const [x, y] = [box.left + Math.min(box.width, innerWidth) / 2, box.top + box.height / 2];
         return [x, y, document.elementFromPoint(x, y).localName, Math.round(x + scrollX), Math.round(y + scrollY)]",
    );
    let (x, y) = (place[0].clone(), place[1].clone());
    desk.chromium.cdp("DOM.getDocument", &json!({}));
    let hit = desk.chromium.cdp("DOM.getNodeForLocation", &json!({"x": place[3], "y": place[4]}));
    let described = desk.chromium.cdp("DOM.describeNode", &json!({"backendNodeId": hit["backendNodeId"]}));
    for kind in ["mousePressed", "mouseReleased"] {
        let event = json!({"type": kind, "x": x, "y": y, "button": "right", "clickCount": 1});
        desk.chromium.cdp("Input.dispatchMouseEvent", &event);
    }
    let named = |value: &Value| value.as_str().expect("a name").to_owned();
    vec![named(&place[2]), named(&described["node"]["localName"]), desk.chromium.text("window.clicked")]
}

#[test]
fn e12_the_right_button_finds_no_picture_to_save_or_copy() {
    let desk = Desk::open();
    let pictures = ["canvas", "img", "svg", "image"];
    for page in desk.pixel_pages() {
        desk.look_at(&page);
        for found in under_the_pointer(&desk) {
            assert!(!pictures.contains(&found.as_str()) && found != "nothing", "{page}: {found}");
        }
        // Nor does « tout sélectionner, copier » take anything along.
        let copied = desk
            .chromium
            .text("(() => { document.execCommand('selectAll'); return getSelection().toString(); })()");
        assert_eq!(desk.personal_in(&copied), Vec::<&str>::new(), "{page}");
        // Positive control: without what lies above it, the canvas is what one clicks on.
        desk.chromium.script(
            "document.querySelector('.glass')?.remove();
             for (const canvas of document.querySelectorAll('canvas')) canvas.style.pointerEvents = 'auto';",
        );
        assert_eq!(under_the_pointer(&desk), ["canvas"; 3], "{page}");
    }
    desk.visit(&desk.text_pages()[0]);
    let copied = desk
        .chromium
        .text("(() => { document.execCommand('selectAll'); return getSelection().toString(); })()");
    assert!(!desk.personal_in(&copied).is_empty(), "positive control");
}

/// What remains possible, as docs/threat-model.md says.
#[test]
fn the_developer_tools_still_read_the_pixels_of_the_canvas() {
    let desk = Desk::open();
    desk.look_at(&desk.sheets[0]);
    let read = desk.chromium.script(
        "const canvas = document.querySelector('canvas');
         const bytes = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
         let ink = 0;
         for (let at = 0; at < bytes.length; at += 4) if (bytes[at] < 100) ink += 1;
         return [ink, canvas.toDataURL().slice(0, 22)]",
    );
    assert!(read[0].as_u64().expect("a count") > 10_000, "{read}");
    assert_eq!(read[1], json!("data:image/png;base64,"));
    // The request of the page can be made again, and its answer kept.
    let kept = desk.chromium.script_later(
        "const back = arguments[arguments.length - 1];
         const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': document.querySelector('meta[name=csrf]').content };
         const body = JSON.stringify({ width: 640, ratio: 1 });
         fetch(location.pathname + '/affichage', { method: 'POST', headers, body })
           .then((answer) => answer.blob()).then((picture) => back([picture.type, picture.size]))",
    );
    assert!(kept[0] == json!("image/png") && kept[1].as_u64() > Some(10_000), "{kept}");
    // And the source of the text display is text.
    desk.visit(&desk.text_pages()[0]);
    assert!(!desk.personal_in(&desk.chromium.text("document.documentElement.outerHTML")).is_empty());
}
