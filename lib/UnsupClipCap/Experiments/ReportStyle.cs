namespace UnsupClipCap;

/// <summary>The style sheet and the script of the report: inline, because the page must open anywhere, without a network.</summary>
internal static class ReportStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--page:#fbfaf8;--card:#fff;--ink:#1c2127;--soft:#5b6470;--line:#e4e1db;--wash:#f3f1ec;
        --link:#1d63ad;
        --good:#1d7a4c;--good-wash:#e5f4ea;--bad:#b3403a;--bad-wash:#fbeae8;
        --shadow:0 1px 2px rgb(30 25 15/.06),0 4px 16px rgb(30 25 15/.05)}
        @media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1c2025;--ink:#e8eaed;--soft:#a0a9b4;--line:#2f353c;--wash:#242930;
        --link:#79b4f2;
        --good:#6fcf97;--good-wash:#183326;--bad:#f08f86;--bad-wash:#3b2120;--shadow:none}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;scroll-behavior:smooth;scroll-padding-top:3.5rem}
        body{margin:0;background:var(--page);color:var(--ink);
        font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        a{color:var(--link)}
        main,header.top>div,footer>div{max-width:1120px;margin:0 auto;padding:0 1.25rem}
        header.top{padding:3.2rem 0 1.6rem}
        h1{font-size:clamp(1.7rem,4.5vw,2.6rem);line-height:1.15;letter-spacing:-.022em;margin:0 0 .8rem;text-wrap:balance}
        .lead{font-size:clamp(1.02rem,2.2vw,1.18rem);color:var(--soft);max-width:46rem;margin:0;text-wrap:pretty}
        nav{position:sticky;top:0;z-index:5;background:color-mix(in srgb,var(--page) 90%,transparent);backdrop-filter:blur(8px);
        border-bottom:1px solid var(--line)}
        nav div{max-width:1120px;margin:0 auto;padding:.65rem 1.25rem;display:flex;gap:1.35rem;overflow-x:auto;scrollbar-width:none;
        font-size:.92rem}
        nav a{color:var(--soft);text-decoration:none;white-space:nowrap}nav a:hover{color:var(--ink)}
        section{padding:2.3rem 0 .4rem}
        h2{font-size:1.42rem;letter-spacing:-.012em;line-height:1.25;margin:0 0 .5rem}
        h3{font-size:1.02rem;margin:1.6rem 0 .4rem}
        p{max-width:46rem;margin:0 0 .9rem;text-wrap:pretty}
        .soft,figcaption{color:var(--soft);font-size:.93rem}
        .glance{display:grid;grid-template-columns:repeat(auto-fit,minmax(200px,1fr));gap:.9rem;margin:1.5rem 0 0}
        .glance>*{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:.95rem 1.1rem;box-shadow:var(--shadow);
        color:inherit;text-decoration:none}
        .glance>:only-child{max-width:17rem}
        .glance b{display:block;font-size:2.05rem;line-height:1.15;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        .glance span{display:block;color:var(--soft);font-size:.88rem}
        .glance .name{color:var(--ink);font-weight:600;font-size:.93rem;margin-bottom:.25rem}
        .mark{display:inline-block;width:.62em;height:.62em;border-radius:2px;margin-right:.45em;background:var(--c)}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(255px,1fr));gap:1.1rem;margin:1.1rem 0}
        .card{background:var(--card);border:1px solid var(--line);border-radius:12px;overflow:hidden;box-shadow:var(--shadow)}
        details.all .card{content-visibility:auto;contain-intrinsic-size:auto 560px}
        .card img{display:block;width:100%;aspect-ratio:1;object-fit:contain;background:var(--wash)}
        .card .in{padding:.85rem 1rem .95rem}
        .card dl{margin:0}
        .card dt{display:flex;align-items:baseline;font-size:.79rem;color:var(--soft);margin-top:.55rem}.card dt:first-child{margin-top:0}
        .card dt em{margin-left:auto;font-style:normal;font-variant-numeric:tabular-nums;white-space:nowrap}
        .card dd{margin:.05rem 0 0;line-height:1.38;overflow-wrap:anywhere}
        .card .people{border-top:1px solid var(--line);margin-top:.8rem;padding-top:.65rem;font-size:.88rem;color:var(--soft);
        line-height:1.42;overflow-wrap:anywhere}
        .card .people p{margin:0}.card .people ul{margin:.35rem 0 0;padding-left:1.05rem}
        .card .id{font-size:.76rem;color:var(--soft);margin:.6rem 0 0;overflow-wrap:anywhere}
        details>summary{cursor:pointer;color:var(--link);width:fit-content}
        details.all>summary{margin:.4rem auto 0;padding:.55rem 1.2rem;border:1px solid var(--line);border-radius:99px;
        background:var(--card);list-style:none;font-weight:500}
        details.all>summary::-webkit-details-marker{display:none}
        details.more{margin:.7rem 0}
        .scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:12px;box-shadow:var(--shadow);
        margin:1rem 0}
        table{border-collapse:separate;border-spacing:0;width:100%;font-variant-numeric:tabular-nums;font-size:.94rem}
        th,td{padding:.42rem .8rem;text-align:right;white-space:nowrap}
        thead th{font-weight:600;font-size:.82rem;color:var(--soft);border-bottom:1px solid var(--line);padding-block:.65rem}
        .label{text-align:left}th.label{font-weight:600;vertical-align:top}
        tbody+tbody tr:first-child>*{border-top:1px solid var(--line)}
        tbody tr:first-child>*{padding-top:.6rem}tbody tr:last-child>*{padding-bottom:.6rem}
        tbody tr:first-child>th.label{padding-block:.6rem}
        table:has(tr.paper) tr.ours td:not(.label){font-weight:600}
        tr.paper,tr.difference{color:var(--soft)}tr.difference td{font-size:.88rem}
        td.text{text-align:left;white-space:normal;min-width:13rem}
        figure{margin:1rem 0;background:var(--card);border:1px solid var(--line);border-radius:12px;padding:1rem 1.1rem;
        box-shadow:var(--shadow)}
        figure svg{display:block;width:100%;height:auto;max-width:820px;margin:0 auto}
        figcaption{margin-top:.7rem;max-width:46rem}
        .plot{position:relative;outline-offset:4px}.plot.narrow{display:none}
        .plot .hit{fill:transparent;cursor:crosshair;touch-action:pan-y}
        .guide{stroke:currentColor;stroke-opacity:.45;stroke-dasharray:3 3;visibility:hidden}
        .tip{position:absolute;z-index:3;width:19.5rem;pointer-events:none;background:var(--card);border:1px solid var(--line);
        border-radius:10px;
        box-shadow:0 4px 22px rgb(0 0 0/.16);padding:.65rem .85rem;font-size:.86rem;line-height:1.4}
        .tip[hidden]{display:none}
        .tip b{display:block;margin-bottom:.2rem}.tip .row{display:flex;align-items:baseline;gap:.4rem}.tip .row span:nth-child(2){flex:1}
        .tip .mark{flex:none;margin:0}
        .tip .row strong{font-variant-numeric:tabular-nums;white-space:nowrap}.tip .fewer{color:var(--soft);margin-left:1.1rem}
        .tip q{display:block;color:var(--soft);margin:0 0 .35rem 1.1rem;quotes:"“" "”"}
        .example{display:flex;gap:.9rem;align-items:center;margin-top:.9rem}.example img{width:88px;height:88px;object-fit:contain;
        border-radius:8px;background:var(--wash);flex:none}
        .example p{margin:0}
        ol.claims{list-style:none;margin:1rem 0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:12px;
        box-shadow:var(--shadow)}
        ol.claims li{display:grid;grid-template-columns:auto 1fr auto;gap:.1rem .9rem;padding:.8rem 1.1rem;align-items:baseline}
        ol.claims li+li{border-top:1px solid var(--line)}
        .verdict{font-size:.78rem;font-weight:600;border-radius:99px;padding:.14rem .65rem;text-align:center;min-width:4.6rem;
        color:var(--bad);background:var(--bad-wash)}
        .verdict.holds{color:var(--good);background:var(--good-wash)}
        ol.claims .detail{grid-column:2/-1;color:var(--soft);font-size:.9rem}
        ol.claims .margin{font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}
        dl.facts{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.45rem 1.4rem;margin:1rem 0}
        dl.facts dt{color:var(--soft)}dl.facts dd{margin:0;overflow-wrap:anywhere}
        code,pre{font:.87em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        pre{background:var(--wash);border:1px solid var(--line);border-radius:10px;padding:.9rem 1rem;overflow-x:auto}
        .note{border-left:3px solid var(--line);padding-left:.95rem;color:var(--soft);font-size:.93rem}
        footer{margin-top:2.5rem;border-top:1px solid var(--line);padding:1.2rem 0 2.4rem;color:var(--soft);font-size:.88rem}
        @media(max-width:620px){header.top{padding-top:2rem}.plot.wide{display:none}.plot.narrow{display:block}
        figure{padding:.9rem .7rem}figcaption{padding:0 .3rem}.tip{position:static;width:auto;margin-top:.7rem;box-shadow:none}
        .cards{grid-template-columns:1fr}.glance{grid-template-columns:1fr 1fr;gap:.6rem}.glance>*{padding:.75rem .85rem}
        .glance b{font-size:1.7rem}
        th,td{padding-inline:.6rem}.scroll th.label{position:sticky;left:0;background:var(--card);white-space:normal;min-width:7.3rem;
        max-width:8.4rem;font-size:.84rem}td.label{font-size:.84rem}
        ol.claims li{padding:.75rem .85rem;grid-template-columns:1fr auto}.verdict{order:-1;justify-self:start}ol.claims .margin{order:-1}
        ol.claims .statement{grid-column:1/-1}ol.claims .detail{grid-column:1/-1}dl.facts{grid-template-columns:1fr;gap:0}
        dl.facts dd{margin-bottom:.6rem}}
        @media print{nav,details.all>summary{display:none}.card,figure{break-inside:avoid;box-shadow:none}}
        """;

    // All text goes in through textContent, so nothing in a caption can become markup.
    public const string Script = """
        for (const figure of document.querySelectorAll('figure.curve')) {
          const points = JSON.parse(figure.querySelector('script').textContent);
          for (const plot of figure.querySelectorAll('.plot')) {
            const svg = plot.querySelector('svg'), tip = plot.querySelector('.tip');
            const [left, right, top, bottom, from, to] = plot.dataset.axes.split(' ').map(Number);
            const shape = (name, values) => {
              const e = document.createElementNS(svg.namespaceURI, name);
              for (const key in values) e.setAttribute(key, values[key]);
              return svg.appendChild(e);
            };
            const guide = shape('line', { class: 'guide', y1: top, y2: bottom });
            const hit = shape('rect', { class: 'hit', x: left - 12, y: top, width: right - left + 24, height: bottom - top });
            const place = x => left + (x - from) / (to - from || 1) * (right - left);
            let at = -1;
            const part = (parent, tag, text) => { const e = parent.appendChild(document.createElement(tag)); e.textContent = text; return e; };
            const hide = () => { at = -1; tip.hidden = true; guide.style.visibility = 'hidden'; };
            const show = i => {
              if (i === at) return;
              at = i;
              const x = place(points[i].x);
              guide.setAttribute('x1', x); guide.setAttribute('x2', x); guide.style.visibility = 'visible';
              tip.replaceChildren();
              part(tip, 'b', points[i].title);
              for (const row of points[i].rows) {
                const line = part(tip, 'div', ''); line.className = 'row';
                const mark = part(line, 'span', ''); mark.className = 'mark'; mark.style.setProperty('--c', row.colour);
                part(line, 'span', row.name); part(line, 'strong', row.score);
                if (row.fewer) part(tip, 'div', 'without its input: ' + row.fewer).className = 'fewer';
                if (row.caption) part(tip, 'q', row.caption);
              }
              tip.hidden = false;
              if (getComputedStyle(tip).position === 'absolute') {
                const box = svg.getBoundingClientRect(), inside = plot.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
                const px = x * scale + box.left - inside.left, space = tip.offsetWidth + 14;
                tip.style.left = (px + space > inside.width ? px - space : px + 14) + 'px';
                tip.style.top = Math.max(0, Math.min(top * scale, box.height - tip.offsetHeight)) + 'px';
              }
            };
            const nearest = event => {
              const box = svg.getBoundingClientRect(), x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
              let best = 0;
              points.forEach((p, i) => { if (Math.abs(place(p.x) - x) < Math.abs(place(points[best].x) - x)) best = i; });
              return best;
            };
            hit.addEventListener('pointermove', e => show(nearest(e)));
            hit.addEventListener('pointerdown', e => show(nearest(e)));
            hit.addEventListener('pointerleave', e => { if (e.pointerType === 'mouse') hide(); });
            plot.addEventListener('blur', hide);
            plot.addEventListener('keydown', e => {
              const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
              if (step) { e.preventDefault(); show(Math.max(0, Math.min(points.length - 1, at < 0 ? (step > 0 ? 0 : points.length - 1) : at + step))); }
              if (e.key === 'Escape') hide();
            });
          }
        }
        """;
}
