package exchange
import ("testing";"context";"fmt";"time";"os";"bufio";"wolnica/models/store";"wolnica/models/store/storetest";"strings";"github.com/jackc/pgx/v5")
func TestZZ(t *testing.T){
 s:=storetest.Open(t); town(t,s); ctx:=context.Background()
 p,_:=ParseProfile("bench",[]byte(benchmarkProfile))
 path:=benchmarkFile(t,60000)
 if _,err:=Import(ctx,s,store.System(),Options{Profile:p,Path:path});err!=nil{t.Fatal(err)}
 conn,_:=s.Pool().Acquire(ctx); defer conn.Release()
 rows,_:=conn.Query(ctx,`SELECT column_name FROM information_schema.columns WHERE table_name = 'places' AND is_generated = 'NEVER' ORDER BY ordinal_position`)
 cols,_:=pgx.CollectRows(rows,pgx.RowTo[string]); list:=strings.Join(cols,", ")
 f,_:=os.Create(t.TempDir()+"/x"); conn.Conn().PgConn().CopyTo(ctx,f,"COPY places ("+list+") TO STDOUT BINARY")
 exec:=func(q string){ if _,err:=conn.Exec(ctx,q);err!=nil{t.Fatal(q,err)}}
 words:="CREATE TABLE sw_X AS SELECT * FROM search_words WITH NO DATA; ALTER TABLE sw_X ADD PRIMARY KEY(word); create index ON sw_X USING gin(word gin_trgm_ops); CREATE FUNCTION collect_X() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO sw_X SELECT DISTINCT w COLLATE \"C\" FROM new_rows n, unnest(tsvector_to_array(n.name_words || n.text_words)) w WHERE char_length(w) BETWEEN 3 AND 40 ON CONFLICT DO NOTHING; RETURN NULL; END $$; CREATE TRIGGER a AFTER INSERT ON X REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT execute FUNCTION collect_X()"
 for round:=0;round<2;round++ {
 for _,v:=range []struct{n,q string}{{"bare",""},{"fk","ALTER TABLE X ADD FOREIGN KEY (municipality_id) REFERENCES municipalities; ALTER TABLE X ADD FOREIGN KEY (heritage_category) REFERENCES categories(code); ALTER TABLE X ADD FOREIGN KEY (infrastructure_category) REFERENCES categories(code); ALTER TABLE X ADD FOREIGN KEY (parent_id) REFERENCES X"},
  {"before","CREATE TRIGGER t BEFORE INSERT ON X FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) execute FUNCTION places_parent_is_tree()"},
  {"words",words},{"noname","drop index X_name_pl_id_idx"},{"nofold","drop index X_fold_text_idx"},{"nogin","drop index X_name_words_idx; drop index X_text_words_idx"}} {
  tn:=fmt.Sprintf("q%d%s",round,v.n)
  exec("CREATE TABLE "+tn+" (LIKE places INCLUDING ALL)")
  for _,q:=range strings.Split(v.q,";"){ if strings.Contains(v.q,"$$"){q=v.q}; if q!=""{ exec(strings.ReplaceAll(strings.ReplaceAll(q,"sw_X","sw_"+tn),"X",tn))}; if strings.Contains(v.q,"$$"){break} }
  f.Seek(0,0); b:=time.Now()
  if _,err:=conn.Conn().PgConn().CopyFrom(ctx,bufio.NewReaderSize(f,1<<20),"COPY "+tn+" ("+list+") FROM STDIN BINARY");err!=nil{t.Fatal(err)}
  fmt.Println(tn,time.Since(b))
 }}
}
