import { Link, Outlet, useLocation } from '@tanstack/react-router';
import { LogOut, Menu, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { OldNews } from './old-news.tsx';
import { pages } from './pages.ts';
import { useSession } from './session.tsx';
import styles from './shell.module.css';
import { ThemeButton } from './theme-button.tsx';

function Brand(): ReactElement {
  return (
    <Link to="/" className={styles['brand']}>
      <span className={styles['mark']} aria-hidden>
        <i />
        <i />
        <i />
        <i />
      </span>
      Quatrain
    </Link>
  );
}

function Navigation(): ReactElement {
  const groups = Object.entries(
    Object.groupBy(
      pages.filter(({ entry }) => entry !== undefined),
      ({ entry }) => entry?.group ?? '',
    ),
  );
  return (
    <nav className={styles['nav']} aria-label="Console">
      {groups.map(([group, inGroup = []]) => (
        <div key={group} className={styles['group']}>
          <h2>{group}</h2>
          <ul>
            {inGroup.map(({ path, entry }) => {
              const Icon = entry?.icon;
              return (
                <li key={path}>
                  <Link
                    to={path}
                    className={styles['link']}
                    activeOptions={{ exact: path === '/', includeSearch: false }}
                  >
                    {Icon === undefined ? null : <Icon size={15} aria-hidden />}
                    {entry?.name}
                  </Link>
                </li>
              );
            })}
          </ul>
        </div>
      ))}
    </nav>
  );
}

/** What stands around every page. */
export function Shell(): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { pathname } = useLocation();
  const { session, signOut } = useSession();
  useEffect(() => {
    setOpen(false);
  }, [pathname]);
  return (
    <>
      <a href="#main" className={styles['skip']}>
        To the content
      </a>
      <div className={styles['shell']}>
        <div className={styles['top']}>
          <Brand />
          <Button
            look="ghost"
            icon
            aria-label={isOpen ? 'Close the navigation' : 'Open the navigation'}
            aria-expanded={isOpen}
            onClick={() => {
              setOpen(!isOpen);
            }}
          >
            {isOpen ? <X size={18} aria-hidden /> : <Menu size={18} aria-hidden />}
          </Button>
        </div>
        <div className={styles['side']} data-open={isOpen}>
          <Brand />
          <Navigation />
          <div className={styles['foot']}>
            <div className={styles['row']}>
              <span>{session.operator ?? 'Development'}</span>
              <span className={styles['row']}>
                <ThemeButton />
                <Button look="ghost" icon small aria-label="Sign out" onClick={signOut}>
                  <LogOut size={14} aria-hidden />
                </Button>
              </span>
            </div>
            <span>Version {session.version}</span>
          </div>
        </div>
        <main id="main" className={styles['main']} tabIndex={-1}>
          <OldNews />
          <Outlet />
        </main>
      </div>
    </>
  );
}
